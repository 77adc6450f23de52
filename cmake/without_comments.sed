# Leaves out what browsers do not read of a script or a style sheet: lines that are comments and
# nothing else, empty lines, and the space at the beginning of a line. A cast (a comment before
# code) stays.
/^ *\/\*[^*]*\*\/ *$/d
/^ *\/\*\*.*\*\/ *$/d
/^ *\/\*\*\{0,1\}\([^*]\|\*[^/]\)*$/,/\*\/ *$/d
/^ *\/\//d
/^ *$/d
s/^ *//
s/\/\*\* @type {[^{}]*} \*\/ //g
