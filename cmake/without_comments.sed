# Leaves out what browsers do not read of a script or a style sheet: lines that are comments and
# nothing else, and the space at the beginning of a line. A cast (a comment before code) stays.
/^ *\/\*[^*]*\*\/ *$/d
/^ *\/\*\*.*\*\/ *$/d
/^ *\/\*\([^*]\|\*[^/]\)*$/,/\*\/ *$/d
/^ *\/\//d
s/^ *//
s/\/\*\* @type {[^{}]*} \*\/ //g
