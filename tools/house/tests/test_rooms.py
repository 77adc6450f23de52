from .. import readmes, rooms, rules
from .planted import Planted


class Rooms(Planted):
    def test_a_sound_house_has_nothing_to_mend(self):
        for rule in (rooms.arrows, rooms.rings, rooms.least_arrows, rooms.public_headers,
                     rooms.purity, rooms.kernel_in_one_place, rooms.test_helpers):
            with self.subTest(rule.__name__):
                self.content(rule)

    def test_an_arrow_outward_is_refused(self):
        self.finds(rooms.arrows, "'base' must not include 'flow/flow.hpp'",
                   {'src/base/text.cpp': '#include "flow/flow.hpp"\n'})

    def test_an_arrow_to_a_room_with_an_underscore_and_a_digit_is_seen(self):
        room = 'millrace_room(contact_centre2 PUBLIC a.hpp)\nmillrace_room(base DEPS LIBS X)\n'
        self.finds(rooms.arrows, "'base' must not include 'contact_centre2/a.hpp'",
                   {'CMakeLists.txt': room, 'src/contact_centre2/a.hpp': '',
                    'src/flow/flow.hpp': None, 'src/flow/yaml_node.cpp': None,
                    'src/http/server.cpp': None, 'src/app/main.cpp': None,
                    'src/base/text.cpp': '#include "contact_centre2/a.hpp"\n'})

    def test_an_arrow_by_way_of_another_rooms_header_is_seen(self):
        self.finds(rooms.arrows, "'http' names base:: and does not list it",
                   {'src/http/x.cpp': 'base::Id id;  // flow:: "trial::" a->dialog::x\n'})

    def test_an_arrow_that_is_only_named_is_used(self):
        self.content(rooms.least_arrows, **{
            'CMakeLists.txt': 'millrace_room(base)\nmillrace_room(flow DEPS base)\n',
            'src/flow/flow.hpp': 'base::Id id;\n'})

    def test_an_arrow_from_a_folder_of_a_room_is_seen(self):
        self.finds(rooms.arrows, 'src/base/deep/x.cpp',
                   {'src/base/deep/x.cpp': '#include "flow/flow.hpp"\n'})

    def test_a_room_that_nobody_declared_is_found(self):
        self.finds(rooms.arrows, "'attic' is not in CMakeLists.txt", {'src/attic/x.cpp': ''})

    def test_an_arrow_to_an_outer_ring_or_between_edges_is_refused(self):
        rows = '| core | `base` | x |\n| edge | `http` | x |\n| edge | `mail` | x |\n'
        self.finds(rooms.rings, "'base' (core) depends on 'http' (edge)", {
            'ARCHITECTURE.md': rows, 'CMakeLists.txt': 'millrace_room(http)\n'
                                                       'millrace_room(base DEPS http)\n'})
        self.finds(rooms.rings, "'mail' (edge) depends on 'http' (edge)", {
            'ARCHITECTURE.md': rows, 'CMakeLists.txt': 'millrace_room(http)\n'
                                                       'millrace_room(mail DEPS http)\n'})

    def test_an_arrow_to_a_room_that_is_declared_later_is_refused(self):
        self.finds(rooms.rings, 'which is declared later', {
            'CMakeLists.txt': 'millrace_room(flow DEPS base)\nmillrace_room(base)\n'})

    def test_an_arrow_that_only_a_test_uses_is_struck(self):
        self.finds(rooms.least_arrows, "'http' lists 'flow'",
                   {'src/http/server.cpp': '', 'src/http/a_test.cpp': '#include "flow/flow.hpp"\n'})

    def test_a_header_that_is_not_public_stays_at_home(self):
        self.finds(rooms.public_headers, "'flow/inner.hpp' is not behind PUBLIC",
                   {'src/flow/inner.hpp': '', 'src/http/x.cpp': '#include "flow/inner.hpp"\n'})

    def test_a_test_may_include_a_header_that_is_not_public(self):
        self.content(rooms.public_headers, **{
            'src/flow/inner.hpp': '', 'src/http/x_test.cpp': '#include "flow/inner.hpp"\n'})

    def test_a_public_header_that_nobody_includes_is_struck(self):
        self.finds(rooms.public_headers, "lists 'text.hpp' behind PUBLIC and no other",
                   {'src/flow/flow.hpp': ''})

    def test_a_public_header_has_to_exist(self):
        self.finds(rooms.public_headers, 'no such file', {'src/base/text.hpp': None})

    def test_a_core_room_reads_no_clock(self):
        self.finds(rooms.purity, 'src/base/text.hpp:1',
                   {'src/base/text.hpp': 'auto now = std::chrono::system_clock::now();\n'})

    def test_a_core_room_depends_on_core_rooms(self):
        self.finds(rooms.purity, "'base' depends on 'http'",
                   {'CMakeLists.txt': 'millrace_room(base DEPS http)\nmillrace_room(http)\n'})

    def test_a_thread_without_a_name_is_for_posix(self):
        self.finds(rooms.kernel_in_one_place, 'this is for `posix`',
                   {'src/http/server.cpp': 'std::thread worker(run);\n'})

    def test_a_header_for_tests_alone_stands_below_tests(self):
        for name, text in (('testing_x.hpp', ''), ('x.hpp', '#include <gtest/gtest.h>\n'),
                           ('x.hpp', '#include "tests/fakes/clock.hpp"\n')):
            self.finds(rooms.test_helpers, 'belongs below tests/', {f'src/http/{name}': text})
        self.content(rooms.test_helpers, **{'tests/support/x.hpp': '#include <gtest/gtest.h>\n'})

    def test_a_crowded_folder_is_found(self):
        self.finds(rules.RULES['crowd'], 'src/http: 26 units in one folder',
                   {f'src/http/a{number}.hpp': '' for number in range(25)})


class Readmes(Planted):
    def test_a_sound_house_has_nothing_to_mend(self):
        self.content(readmes.rooms)
        self.content(readmes.map_of_rooms)

    def test_a_family_of_files_that_no_page_names_is_found(self):
        self.finds(readmes.rooms, "does not name 'router'", {'src/http/router.cpp': ''})

    def test_a_pattern_names_a_family(self):
        self.content(readmes.rooms, **{'src/flow/yaml_text.hpp': ''})

    def test_a_folder_that_no_page_names_is_found(self):
        self.finds(readmes.rooms, 'the folder csv/',
                   {'src/flow/csv/x.hpp': '', 'src/flow/csv/README.md': '`x`'})

    def test_a_short_page_is_found(self):
        self.finds(readmes.rooms, '4 lines, of at least 15',
                   {'src/base/README.md': '# base\n`text`\n## Never\nIt reads no clock.\n'})

    def test_a_page_that_does_not_say_what_the_room_never_does_is_found(self):
        self.finds(readmes.rooms, "no section 'Never'",
                   {'src/base/README.md': '# base\n`text`' + '\nwords' * 20})

    def test_a_room_without_a_page_is_found(self):
        self.finds(readmes.rooms, 'there is none', {'src/base/README.md': None})

    def test_a_room_without_a_row_is_found(self):
        rows = '| core | `base` | x |\n| edge | `http` | x |\n| app | `app` | x |\n'
        self.finds(readmes.map_of_rooms, 'no row for the room `flow`',
                   {'ARCHITECTURE.md': rows})

    def test_a_row_without_a_room_is_found(self):
        self.finds(readmes.map_of_rooms, '`attic`, which is no room',
                   {'ARCHITECTURE.md': '| core | `base` | x |\n| core | `flow` | x |\n'
                                       '| edge | `http` | x |\n| edge | `attic` | x |\n'
                                       '| app | `app` | x |\n'})
