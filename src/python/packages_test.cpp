// Packages that a solution brings along or asks for.

#include <stdlib.h>

#include "python/requirements.hpp"
#include "tests/support/python.hpp"

namespace millrace::python::testing {
namespace {

// Writes the wheel of a package that has one module, `greeting`.
void write_wheel(const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "make.py") << R"(
import sys
import zipfile
with zipfile.ZipFile(sys.argv[1] + '/greeting-1.2-py3-none-any.whl', 'w') as wheel:
    wheel.writestr('greeting.py', "def greet():\n    return 'hello from a wheel'\n")
    info = 'greeting-1.2.dist-info/'
    wheel.writestr(info + 'METADATA', 'Metadata-Version: 2.1\nName: greeting\nVersion: 1.2\n')
    wheel.writestr(info + 'WHEEL', 'Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n')
    wheel.writestr(info + 'RECORD', '')
)";
  const std::string command =
      "/usr/bin/python3 " + (folder / "make.py").string() + " " + folder.string();
  ASSERT_EQ(::system(command.c_str()), 0);
}

TEST(PythonPackages, ComeFromTheSolutionsWheels) {
  Folder folder;
  Folder prepared;
  write_wheel(folder.path() / "wheels");
  std::ofstream(folder.path() / "requirements.txt") << "# ours\ngreeting==1.2  # exactly\n\n";
  folder.app(kApp).node("Greet", R"(
import greeting
import requests

class Greet:
    def execute(self, log, payload=None, context=None):
        return {'says': greeting.greet(), 'requests': str(bool(requests.__version__))}
)");
  std::string said;
  PackageOptions options;
  options.progress = [&](std::string_view line) { said += std::string(line) + "\n"; };
  auto packages = prepare_packages(folder.path(), prepared.path() / "packages", options);
  ASSERT_TRUE(packages.has_value()) << packages.error().describe();
  EXPECT_TRUE(said.contains("Successfully installed greeting-1.2")) << said;
  VersionFolder version{"v1", folder.path(), "sandbox", {}};
  version.packages = *packages;
  Bench bench(std::move(version));
  EXPECT_EQ(text_of(bench.run("Greet")), R"({"says":"hello from a wheel","requests":"True"})");
  // Prepared once, it is not touched again.
  said.clear();
  EXPECT_EQ(prepare_packages(folder.path(), prepared.path() / "packages", options), *packages);
  EXPECT_EQ(said, "");
}

TEST(PythonPackages, SayWhatToDoWhereAWheelIsMissing) {
  Folder folder;
  std::filesystem::create_directories(folder.path() / "wheels");
  std::ofstream(folder.path() / "requirements.txt") << "greeting==1.2\n";
  const auto into = folder.path() / "packages";
  const auto packages = prepare_packages(folder.path(), into);
  ASSERT_FALSE(packages.has_value());
  EXPECT_EQ(packages.error().code, base::Code::failed_precondition);
  const std::string& text = packages.error().message;
  EXPECT_TRUE(text.contains("cannot be installed from wheels/: Could not find a version")) << text;
  EXPECT_TRUE(text.contains("put every package's wheel into wheels/: python3 -m pip download"));
  EXPECT_FALSE(std::filesystem::exists(into));
}

TEST(PythonPackages, AreNoneWithoutRequirements) {
  Folder folder;
  EXPECT_EQ(prepare_packages(folder.path(), folder.path() / "packages"), std::filesystem::path());
  std::ofstream(folder.path() / "requirements.txt") << "# nothing yet\n";
  EXPECT_EQ(prepare_packages(folder.path(), folder.path() / "packages"), std::filesystem::path());
}

TEST(PythonPackages, AcceptNothingThatCouldRunCodeWhileInstalling) {
  EXPECT_EQ(read_requirements("requests>=2.28,<3\r\nextra[socks]~=1.0 ; python_version < '3.12'\n")
                .value()
                .size(),
            2u);
  for (const char* const line :
       {"--no-binary :all:", "-e .", "./local", "/tmp/x.whl", "git+https://example/x",
        "x @ https://example/x.tar.gz", "-r other.txt", "--index-url=http://x", "x $(id)"}) {
    const auto read = read_requirements(std::string("fine==1\n") + line + "\n");
    ASSERT_FALSE(read.has_value()) << line;
    EXPECT_EQ(read.error().where, "requirements.txt line 2");
  }
}

}  // namespace
}  // namespace millrace::python::testing
