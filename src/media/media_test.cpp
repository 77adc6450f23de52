#include "media/media.hpp"

#include <gtest/gtest.h>

#include <future>

#include "base/hash.hpp"
#include "base/text.hpp"
#include "media/file_type.hpp"
#include "media/forgetting.hpp"
#include "tests/fakes/chance.hpp"
#include "tests/fakes/clock.hpp"
#include "tests/fakes/stores.hpp"

namespace millrace::media {
namespace {

using namespace std::string_view_literals;

const std::string kKey(32, 'k');
const base::Id kAda = base::Id::derived("consumer", "ada");
const base::Id kBen = base::Id::derived("consumer", "ben");

std::string_view named_type(std::string_view bytes) {
  const FileType* type = type_of(bytes);
  return type == nullptr ? "none" : type->type;
}

TEST(MediaTypes, AreJudgedByBytes) {
  EXPECT_EQ(named_type("\x89PNG\r\n\x1A\n...."), "image/png");
  EXPECT_EQ(named_type("\xFF\xD8\xFF\xE0"), "image/jpeg");
  EXPECT_EQ(named_type("RIFF\x10\0\0\0WEBPVP8 "sv), "image/webp");
  EXPECT_EQ(named_type("RIFF\x10\0\0\0WAVEfmt "sv), "audio/wav");
  EXPECT_EQ(named_type("XXXX\x10\0\0\0WEBPVP8 "sv), "none");
  EXPECT_EQ(named_type("%PDF-1.7"), "application/pdf");
  EXPECT_EQ(named_type("\0\0\0\x18"
                       "ftypmp42"sv),
            "video/mp4");
  EXPECT_EQ(named_type("PK\x03\x04...word/document.xml..."),
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document");
  EXPECT_EQ(named_type("PK\x03\x04...word/document.xml...vbaProject.bin"), "none");
  EXPECT_EQ(named_type("PK\x03\x04 anything"), "none");
  EXPECT_EQ(named_type("MZ\x90\0"sv), "none");
  EXPECT_EQ(named_type(""), "none");
}

TEST(MediaTypes, TakeMarkupForTextThatIsNeverShown) {
  for (const char* text :
       {"<svg onload=alert(1)>", "<!doctype html>", "#!/bin/sh", "caf\xC3\xA9"}) {
    const FileType* type = type_of(text);
    ASSERT_NE(type, nullptr) << text;
    EXPECT_EQ(type->kind, "text");
    EXPECT_FALSE(type->is_picture);
    EXPECT_TRUE(disposition("a.txt", *type).starts_with("attachment; "));
  }
  EXPECT_EQ(type_of("caf\xE9"), nullptr);
  EXPECT_EQ(type_of("a\0b"sv), nullptr);
}

TEST(MediaNames, LoseWhatCouldDeceive) {
  const FileType& png = *type_named("image/png");
  EXPECT_EQ(file_name("../../cat.png", png), "cat.png");
  EXPECT_EQ(file_name("cat\xE2\x80\xAEgnp.exe", png), "catgnp.png");
  EXPECT_EQ(file_name("cat.svg", png), "cat.png");
  EXPECT_EQ(file_name(".png", png), "file.png");
  EXPECT_EQ(file_name("\xFF\xFE", png), "file.png");
  EXPECT_EQ(file_name("a\"b\r\nc.png", png), "abc.png");
  const FileType& text = *type_named("text/plain; charset=utf-8");
  EXPECT_EQ(file_name("list.CSV", text), "list.csv");
  EXPECT_EQ(file_name("page.html", text), "page.txt");
  EXPECT_EQ(disposition("\xC3\xA9 a.png", png),
            "inline; filename=\" a.png\"; filename*=UTF-8''%C3%A9%20a.png");
}

TEST(MediaLinks, AreReadBackOnlyWhenWhole) {
  const Link link{base::sha256("x"), "image/png", "caf\xC3\xA9.png", {5'000'000}};
  const std::string path = make_link(kKey, link);
  const auto back = link_in(kKey, "https://chat.example" + path);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->hash, link.hash);
  EXPECT_EQ(back->type, link.type);
  EXPECT_EQ(back->name, link.name);
  EXPECT_EQ(back->until, link.until);
  EXPECT_FALSE(link_in(std::string(32, 'x'), "https://chat.example" + path));
  EXPECT_FALSE(link_in(kKey, "https://chat.example" + path + "x"));
  EXPECT_FALSE(link_in(kKey, path));
  EXPECT_FALSE(link_in(kKey, "https://chat.example/media/v1/"));
  const std::string token = path.substr(kLinkPath.size(), path.rfind('/') - kLinkPath.size());
  const std::string bytes = base::from_base64url(token);
  for (size_t i = 0; i < bytes.size(); ++i) {
    std::string changed = bytes;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(read_link(kKey, base::to_base64url(changed), link.name)) << "byte " << i;
  }
}

TEST(MediaPartials, PutSlicesTogetherInOrder) {
  Partials partials;
  const auto first = partials.take({kAda, "", 6, 0, "abc"}, {0}, "u1");
  ASSERT_TRUE(first);
  EXPECT_EQ(first->received, 3u);
  EXPECT_FALSE(first->is_whole);
  EXPECT_EQ(partials.take({kAda, "u1", 6, 0, "abc"}, {1}, "u2")->received, 3u) << "sent again";
  EXPECT_FALSE(partials.take({kAda, "u1", 6, 4, "ef"}, {1}, "u2")) << "a gap";
  EXPECT_FALSE(partials.take({kAda, "u1", 6, 3, "defg"}, {1}, "u2")) << "more than there is";
  EXPECT_FALSE(partials.take({kBen, "u1", 6, 3, "def"}, {1}, "u2")) << "another person";
  const auto whole = partials.take({kAda, "u1", 6, 3, "def"}, {2}, "u2");
  ASSERT_TRUE(whole && whole->is_whole);
  EXPECT_EQ(whole->content, "abcdef");
  EXPECT_EQ(partials.bytes(), 0u);
}

TEST(MediaPartials, HaveBoundsAndForgetWhatIsNotGoneOnWith) {
  Partials partials({.bytes_max = 10, .of_consumer_max = 2, .idle_ms_max = 100});
  EXPECT_TRUE(partials.take({kAda, "", 5, 0, "a"}, {0}, "u1"));
  EXPECT_TRUE(partials.take({kAda, "", 2, 0, "a"}, {0}, "u2"));
  EXPECT_EQ(partials.take({kAda, "", 2, 0, "a"}, {0}, "u3").error().code,
            base::Code::resource_exhausted);
  EXPECT_EQ(partials.take({kBen, "", 4, 0, "a"}, {0}, "u4").error().code,
            base::Code::resource_exhausted);
  EXPECT_TRUE(partials.take({kBen, "", 4, 0, "a"}, {101}, "u5")) << "the others were forgotten";
  EXPECT_EQ(partials.take({kAda, "u1", 5, 1, "b"}, {101}, "u6").error().code,
            base::Code::not_found);
}

TEST(Media, RemovesWhatWasKeptForLongEnoughAndWhatWasForgotten) {
  fakes::MemoryStore store;
  fakes::Clock clock(100'000);
  fakes::NoChance random;
  const auto link_to = [](std::string_view bytes) {
    return make_link(kKey, {base::sha256(bytes), "image/png", "a.png", {1'000'000}});
  };
  const auto keep = [&](std::string_view bytes, base::Id sender, int64_t at) {
    const std::string hash = base::to_hex(base::sha256(bytes));
    const std::string about = R"({"bytes":3,"type":"image/png","at":)" + std::to_string(at) + "}";
    store.commit({{{"m/" + hash, about},
                   {"b/" + hash, std::string(bytes)},
                   {"o/" + sender.to_string() + "/" + hash, about}}},
                 [](auto) {});
  };
  keep("old", kAda, 10'000);
  keep("new", kAda, 99'000);
  keep("ben", kBen, 99'000);
  Media media({store, clock, random}, kKey, {.kept_ms = 50'000});
  const auto status_of = [&](std::string_view bytes) {
    web::Request request;
    request.method = "GET";
    request.path = link_to(bytes);
    std::promise<int> status;
    media.handle(request, [&](web::Response answer) { status.set_value(answer.status); });
    return status.get_future().get();
  };
  EXPECT_EQ(status_of("old"), 410);
  EXPECT_EQ(status_of("new"), 200);
  std::promise<base::Result<void>> forgotten;
  media.forget({kAda}, [&](base::Result<void> done) { forgotten.set_value(std::move(done)); });
  EXPECT_TRUE(forgotten.get_future().get());
  EXPECT_EQ(status_of("new"), 410);
  EXPECT_EQ(status_of("ben"), 200);
}

class MediaSmall : public testing::Test {
 protected:
  // Gives what it is told to.
  struct Told final : Shrinker {
    base::Result<std::string> small(std::string_view) override {
      ++asked;
      return gives;
    }
    int asked = 0;
    base::Result<std::string> gives = std::string("\xFF\xD8\xFF small");
  };

  MediaSmall() {
    store.commit({{{"m/" + hash, R"({"bytes":3,"type":"image/png","at":99000})"},
                   {"b/" + hash, picture},
                   {"o/" + kAda.to_string() + "/" + hash, R"({"at":99000})"}}},
                 [](auto) {});
    media.emplace(Media::Ports{store, clock, random, nullptr, &told}, kKey, Limits{});
  }
  web::Response read(std::string_view query = "size=small", std::string_view type = "image/png") {
    web::Request request;
    request.method = "GET";
    request.path =
        make_link(kKey, {base::sha256(picture), std::string(type), "a.png", {1'000'000}});
    request.query = query;
    std::promise<web::Response> answer;
    media->handle(request, [&](web::Response given) { answer.set_value(std::move(given)); });
    return answer.get_future().get();
  }
  // Once the files' thread has done what it was given before.
  std::optional<std::string> kept() {
    (void)read("");
    return *store.get("s/" + hash);
  }

  const std::string picture = "\x89PNG\r\n\x1A\n" + std::string(100'000, 'x');
  const std::string hash = base::to_hex(base::sha256(picture));
  fakes::MemoryStore store;
  fakes::Clock clock{100'000};
  fakes::NoChance random;
  Told told;
  std::optional<Media> media;
};

TEST_F(MediaSmall, IsMadeOnceAndShownAsWhatItIs) {
  const auto first = read();
  EXPECT_EQ(first.body, *told.gives);
  EXPECT_EQ(first.headers[0].value, "image/jpeg");
  EXPECT_TRUE(first.headers[1].value.starts_with("inline; filename=\"a.jpg\""));
  EXPECT_EQ(kept(), *told.gives);
  EXPECT_EQ(read().body, *told.gives);
  EXPECT_EQ(told.asked, 1);
  EXPECT_EQ(read("").body, picture);
  EXPECT_NE(read().headers.back().value, read("").headers.back().value) << "another ETag";
}

TEST_F(MediaSmall, IsThePictureItselfWhereNoneCanBeMade) {
  told.gives = base::fail(base::Code::unavailable, "the machine");
  EXPECT_EQ(read().body, picture);
  EXPECT_FALSE(kept()) << "asked again";
  told.gives = base::fail(base::Code::invalid_argument, "no picture");
  EXPECT_EQ(read().body, picture);
  EXPECT_EQ(kept(), "") << "not asked again";
  EXPECT_EQ(read().body, picture);
  EXPECT_EQ(told.asked, 2);
}

TEST_F(MediaSmall, IsNothingButAPictureAndMuchSmaller) {
  for (const std::string& gives :
       {std::string("<svg onload=alert(1)>"), std::string("GIF89a"), picture}) {
    store.commit({{{"s/" + hash, std::nullopt}}}, [](auto) {});
    told.gives = gives;
    EXPECT_EQ(read().body, picture);
    EXPECT_EQ(kept(), "");
  }
  EXPECT_EQ(read("size=small", "text/plain; charset=utf-8").headers[0].value,
            "text/plain; charset=utf-8");
  EXPECT_EQ(told.asked, 3);
}

TEST_F(MediaSmall, GoesWithItsPicture) {
  (void)read();
  ASSERT_TRUE(kept());
  std::promise<base::Result<void>> forgotten;
  media->forget({kAda}, [&](base::Result<void> done) { forgotten.set_value(std::move(done)); });
  EXPECT_TRUE(forgotten.get_future().get());
  EXPECT_FALSE(kept());
  EXPECT_EQ(read().status, 410);
}

TEST(Media, AnswersALastSliceAgainAndTakesWhatWasSentBefore) {
  fakes::MemoryStore store;
  fakes::Clock clock(100'000);
  fakes::NoChance random;
  Media media({store, clock, random}, kKey, {.files_of_consumer_max = 1});
  const auto send = [&](Slice slice) {
    std::promise<base::Result<Taken>> taken;
    media.take({std::move(slice), "a.txt", 1'000, {}},
               [&](base::Result<Taken> done) { taken.set_value(std::move(done)); });
    return taken.get_future().get();
  };
  const auto begun = send({kAda, "", 8, 0, "good "});
  ASSERT_TRUE(begun && !begun->file);
  const auto whole = send({kAda, begun->upload, 8, 5, "day"});
  ASSERT_TRUE(whole && whole->file);
  const auto again = send({kAda, begun->upload, 8, 5, "day"});
  ASSERT_TRUE(again && again->file);
  EXPECT_EQ(again->file->url, whole->file->url);
  EXPECT_EQ(send({kBen, begun->upload, 8, 5, "day"}).error().code, base::Code::not_found);
  EXPECT_TRUE(send({kAda, "", 8, 0, "good day"})) << "it is kept already";
  EXPECT_EQ(send({kAda, "", 5, 0, "other"}).error().code, base::Code::resource_exhausted);
}

TEST(MediaForgetting, LeavesFilesThatOthersSentAsWell) {
  Forgetting forgetting([](base::Id id) { return id == kAda; });
  EXPECT_TRUE(forgetting.sent("o/" + kAda.to_string() + "/aa"));
  EXPECT_TRUE(forgetting.sent("o/" + kAda.to_string() + "/bb"));
  EXPECT_FALSE(forgetting.sent("o/" + kBen.to_string() + "/bb"));
  EXPECT_FALSE(forgetting.sent("m/aa"));
  EXPECT_TRUE(forgetting.goes("m/aa"));
  EXPECT_TRUE(forgetting.goes("b/aa"));
  EXPECT_TRUE(forgetting.goes("s/aa"));
  EXPECT_FALSE(forgetting.goes("s/bb"));
  EXPECT_FALSE(forgetting.goes("m/bb"));
  EXPECT_FALSE(forgetting.goes("b/cc"));
  EXPECT_FALSE(forgetting.goes("o/aa"));
  EXPECT_EQ(forgetting.files(), std::vector<std::string>{"aa"});
}

}  // namespace
}  // namespace millrace::media
