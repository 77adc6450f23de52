# Writes OUT: a C++ file that defines NAMESPACE::NAME as a std::string_view over the bytes of IN.
file(READ ${IN} hex HEX)
string(REGEX REPLACE "(..)" "\\\\x\\1" escaped "${hex}")
# One literal per 64 bytes keeps every line short; adjacent literals are joined by the compiler.
string(REGEX REPLACE "((\\\\x..)(\\\\x..)?(\\\\x..)?(\\\\x..)?(\\\\x..)?(\\\\x..)?(\\\\x..)?(\\\\x..)?(\\\\x..)?(\\\\x..)?(\\\\x..)?(\\\\x..)?(\\\\x..)?(\\\\x..)?(\\\\x..)?(\\\\x..)?)" "    \"\\1\"\n" lines "${escaped}")
file(SIZE ${IN} size)
file(WRITE ${OUT} "#include <string_view>\n\nnamespace ${NAMESPACE} {\nextern const std::string_view ${NAME};\nconst std::string_view ${NAME}{\n${lines}    \"\", ${size}};\n}  // namespace ${NAMESPACE}\n")
