#include "flow/settings/settings_keys.hpp"

#include "flow/flow.hpp"
#include "flow/theme.hpp"

namespace millrace::flow {
namespace {

constexpr int kDaysMax = Retention::kDaysMax;

const Key kOpening[] = {
    {"wait_ms", Shape::integer, "How long a started chat waits for its person to speak first", 0,
     60'000},
};
const Key kBackoff[] = {
    {"base", Shape::duration, "Before the second attempt, at most"},
    {"cap", Shape::duration, "Before any attempt, at most"},
};
const Key kBreaker[] = {
    {"failures_percent", Shape::integer, "Of the calls in the window, then it opens", 1, 100},
    {"calls_min", Shape::integer, "In the window, before it may open", 1, 1'000},
    {"window", Shape::duration, "What counts"},
    {"open", Shape::duration, "Until one call is let through again"},
};
const Key kCommand[] = {
    {"time_limit", Shape::duration, "Of one attempt, 100ms to 60s"},
    {"attempts", Shape::integer, "In all", 1, 20},
    {.name = "retry",
     .shape = Shape::word_list,
     .help = "Which ends of a call are tried again",
     .words = &retried_outcomes()},
    {.name = "backoff", .shape = Shape::section, .section = kBackoff},
    {"concurrency", Shape::integer, "Calls at one time", 1, 10'000},
    {.name = "breaker", .shape = Shape::section, .section = kBreaker},
};
const Key kActions[] = {
    {"time_limit_ms", Shape::integer, "Of one attempt", 100, 60'000},
    {"time_limit", Shape::duration, "Of one attempt, 100ms to 60s"},
    {"progress_after", Shape::duration, "Then the consumer is told that it takes a while"},
    {"pending_limit", Shape::duration, "What a script left pending may take"},
    {.name = "commands",
     .shape = Shape::sections,
     .help = "By the name of the script",
     .section = kCommand},
};
const Key kAside[] = {
    {"to", Shape::node, "Where it leads"},
};
const Key kAsides[] = {
    {.name = "back", .shape = Shape::aside, .section = kAside},
    {.name = "change", .shape = Shape::aside, .section = kAside},
    {.name = "cancel", .shape = Shape::aside, .section = kAside},
    {.name = "restart", .shape = Shape::aside, .section = kAside},
    {.name = "why", .shape = Shape::aside, .section = kAside},
    {.name = "human", .shape = Shape::aside, .section = kAside},
};
const Key kSilenceReminder[] = {
    {"after", Shape::duration, "Such as 90s, 5m, 2h, 1d"},
};
const Key kSilence[] = {
    {.name = "reminders",
     .shape = Shape::silence_reminders,
     .help = "Where an ask has none of its own",
     .section = kSilenceReminder},
    {"abandon_after", Shape::duration, "Of silence, since the last reminder"},
};
const Key kInterruptions[] = {
    {"max", Shape::integer, "Questions left open by intents, one in the other", 0, 20},
};
const Key kUnderstanding[] = {
    {"model", Shape::truth, "false: no model is made of the examples"},
    {"threshold", Shape::number, "How probable an intent has to be, 0 to 1; else the model knows"},
};
const Key kRest[] = {
    {"key", Shape::secret, "With which the REST channel is asked: ${secret:NAME}"},
};
const Key kEngagement[] = {
    {"webhooks", Shape::text,
     "The receiver of chats whose session gives X-Pypestream-Webhook-URL: webhook:NAME"},
};
const Key kIdentify[] = {
    {"key", Shape::secret, "Under which a site proves who its visitor is: ${secret:NAME}"},
};
const Key kUploads[] = {
    {"max_mb", Shape::integer, "Megabytes of one file (10); 0: nobody may send any", 0,
     Uploads::kMegabytesMax},
    {.name = "kinds",
     .shape = Shape::word_list,
     .help = "Of files that may be sent; all",
     .words = &upload_kinds()},
};
const Key kSource[] = {
    {"write_key", Shape::text, "What its clients send; 8 to 100 letters, digits, '-' or '_'"},
    {"origins", Shape::list, "Pages that may send with it; all"},
    {.name = "addresses",
     .shape = Shape::words,
     .help = "What is kept of the addresses from which people send; drop",
     .words = &kept_addresses()},
};
const Key kEgress[] = {
    {"allow", Shape::list,
     "Hosts that scripts may reach: api.example.com, *.example.com, host:port, ${env:NAME}"},
    {"ca_file", Shape::text, "Certificates (PEM) to trust instead of the system's"},
};
const Key kAgents[] = {
    {"wait_limit", Shape::duration, "How long a chat waits for an agent to take it (5m)"},
    {"notify", Shape::text, "The receiver that is told of hand-overs: webhook:NAME"},
};
const Key kRetention[] = {
    {"transcripts", Shape::integer, "What was said, after the last turn of its chat (365)", 1,
     kDaysMax},
    {"variables", Shape::integer,
     "What a chat knows, after its person's last turn; not less than transcripts (365, or as "
     "transcripts)",
     1, kDaysMax},
    {"traces", Shape::integer,
     "Records of action calls (7, and 90 where it is not known what the call did)", 1, kDaysMax},
    {"deliveries", Shape::integer, "Deliveries that have arrived, were refused or dropped (7)", 1,
     kDaysMax},
};
const std::vector<std::string> kHeaders{"plain", "accent"};
const std::vector<std::string> kCorners{"round", "soft", "square"};
const std::vector<std::string> kModes{"auto", "light", "dark"};
const std::vector<Key> kThemeColours = [] {
  std::vector<Key> keys;
  for (const ThemeColour& colour : theme_colours()) {
    keys.push_back({colour.name, Shape::text, colour.help});
  }
  return keys;
}();
const Key kTheme[] = {
    {"title", Shape::text, "In the header; the solution's name"},
    {"subtitle", Shape::text, "Under the title"},
    {"logo", Shape::text, "In the header: https://..., or data:image/..."},
    {"avatar", Shape::text, "Beside what the bot says; the same"},
    {.name = "header", .shape = Shape::words, .help = "Its colour; plain", .words = &kHeaders},
    {.name = "corners", .shape = Shape::words, .help = "Of bubbles; round", .words = &kCorners},
    {.name = "mode",
     .shape = Shape::words,
     .help = "auto: as the person's device has it",
     .words = &kModes},
    {.name = "colours", .shape = Shape::section, .section = kThemeColours},
    {.name = "dark",
     .shape = Shape::section,
     .help = "Colours in the dark",
     .section = kThemeColours},
    {"css", Shape::text, "Goes behind the page's own style sheet"},
};
const Key kSettings[] = {
    {"name", Shape::text, "Of the solution"},
    {"default_locale", Shape::text, "Of the texts in the flows; en"},
    {"time_zone", Shape::text,
     "Where days begin for people whose own zone is not known: Europe/Lisbon; UTC"},
    {"locales", Shape::list, "Each but the default has its messages/<locale>.yaml"},
    {.name = "opening", .shape = Shape::section, .section = kOpening},
    {"channels", Shape::channels,
     "Channels whose limits are checked; in a map also who is sent what is said there"},
    {"environment", Shape::list, "Environment variables scripts may read"},
    {.name = "actions", .shape = Shape::section, .section = kActions},
    {"survey", Shape::text, "Solution that follows after the end"},
    {.name = "asides",
     .shape = Shape::section,
     .help = "What people say beside the point",
     .section = kAsides},
    {.name = "silence", .shape = Shape::section, .section = kSilence},
    {.name = "interruptions", .shape = Shape::section, .section = kInterruptions},
    {.name = "nlu",
     .shape = Shape::section,
     .help = "How what people mean is understood",
     .section = kUnderstanding},
    {.name = "egress", .shape = Shape::section, .section = kEgress},
    {"track", Shape::text,
     "Where analytics events go beside the record: a receiver such as braze, or keep"},
    {"origins", Shape::list,
     "Pages of others that may talk to the solution: https://brand.example, "
     "https://*.brand.example, *"},
    {.name = "rest", .shape = Shape::section, .section = kRest},
    {.name = "engagement", .shape = Shape::section, .section = kEngagement},
    {.name = "identify", .shape = Shape::section, .section = kIdentify},
    {.name = "uploads", .shape = Shape::section, .section = kUploads},
    {.name = "sources",
     .shape = Shape::sections,
     .help = "Sites, apps and servers whose events are taken in, by name",
     .section = kSource},
    {.name = "agents", .shape = Shape::section, .section = kAgents},
    {.name = "retention",
     .shape = Shape::section,
     .help = "How many days what people leave behind is kept",
     .section = kRetention},
    {.name = "theme",
     .shape = Shape::section,
     .help = "How the chat page looks",
     .section = kTheme},
};
const Key kNlu[] = {
    {"intents", Shape::phrases, "What people say, under the name of the intent"},
    {"out_of_scope", Shape::texts, "What people say that the solution has nothing for"},
    {"synonyms", Shape::phrases, "What else is said for a value, under the value"},
    {"lookups", Shape::phrases, "Values of an entity, under its name"},
    {"regexes", Shape::object, "A regular expression that an entity looks like, under its name"},
    {"priorities", Shape::phrases,
     "Under the name of a flow: intents, of which the first goes first there when two are close"},
};

}  // namespace

std::span<const Key> settings_keys() {
  return kSettings;
}
std::span<const Key> opening_keys() {
  return kOpening;
}
std::span<const Key> actions_keys() {
  return kActions;
}
std::span<const Key> command_keys() {
  return kCommand;
}
std::span<const Key> backoff_keys() {
  return kBackoff;
}
std::span<const Key> breaker_keys() {
  return kBreaker;
}
std::span<const Key> asides_keys() {
  return kAsides;
}
std::span<const Key> silence_keys() {
  return kSilence;
}
std::span<const Key> silence_reminder_keys() {
  return kSilenceReminder;
}
std::span<const Key> understanding_keys() {
  return kUnderstanding;
}
std::span<const Key> interruptions_keys() {
  return kInterruptions;
}
std::span<const Key> rest_keys() {
  return kRest;
}
std::span<const Key> engagement_keys() {
  return kEngagement;
}
std::span<const Key> identify_keys() {
  return kIdentify;
}
std::span<const Key> uploads_keys() {
  return kUploads;
}
std::span<const Key> source_keys() {
  return kSource;
}
std::span<const Key> egress_keys() {
  return kEgress;
}
std::span<const Key> agents_keys() {
  return kAgents;
}
std::span<const Key> retention_keys() {
  return kRetention;
}
std::span<const Key> theme_keys() {
  return kTheme;
}
std::span<const Key> theme_colour_keys() {
  return kThemeColours;
}
std::span<const Key> nlu_keys() {
  return kNlu;
}

void refuse_secret(YamlFile& file, const YamlPair& pair) {
  file.error(pair, "secret_in_file", "a key does not belong into a file under version control",
             "write ${secret:NAME}, and keep it with `millrace secret set NAME`");
}

const std::vector<std::string>& retried_outcomes() {
  static const std::vector<std::string> kOutcomes{"timed_out", "crashed", "raised", "refused"};
  return kOutcomes;
}

}  // namespace millrace::flow
