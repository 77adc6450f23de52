// Ways to reach what is inside: as hosts that somebody may write, and as names that lead there.
// Every one of them has to be refused before anything is connected to (S6), by the proxy and by the
// client.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace millrace::egress::testing {

struct Attack {
  std::string_view host;                  // as written
  std::vector<std::string_view> answers;  // what the name stands for, when it is one
};

inline std::vector<Attack> attacks() {
  return {
      // Loopback and its spellings.
      {"127.0.0.1"},
      {"127.0.0.1."},
      {"127.1"},
      {"127.0.1"},
      {"127.255.255.254"},
      {"127.0.0.53"},
      {"2130706433"},
      {"017700000001"},
      {"0x7f000001"},
      {"0x7f.0.0.1"},
      {"0x7f.1"},
      {"0177.0.0.1"},
      {"0177.1"},
      {"127.0.0.01"},
      {"127.0.0.0x1"},
      {"127.000.000.001"},
      {"0X7F.0.0.1"},
      {"4294967295"},
      {"4294967297"},
      {"127.0.0.1.1"},
      {"256.0.0.1"},
      {"0"},
      {"0.0.0.0"},
      {"0.0.0.1"},
      {"00.0.0.0"},
      {"0x0"},
      {"[::1]"},
      {"[0:0:0:0:0:0:0:1]"},
      {"[::]"},
      {"[::0001]"},
      {"[::1%25lo]"},
      {"[::1%lo]"},
      {"[::127.0.0.1]"},
      {"[::ffff:127.0.0.1]"},
      {"[::ffff:7f00:1]"},
      {"[0:0:0:0:0:ffff:7f00:1]"},
      {"[::ffff:0:127.0.0.1]"},
      {"[::ffff:0.0.0.0]"},
      {"[127.0.0.1]"},
      {"::1"},
      {"localhost", {"127.0.0.1"}},
      {"LOCALHOST.", {"127.0.0.1"}},
      {"ip6-localhost", {"::1"}},
      // Carried inside other addresses.
      {"[64:ff9b::127.0.0.1]"},
      {"[64:ff9b::10.0.0.1]"},
      {"[64:ff9b::a9fe:a9fe]"},
      {"[64:ff9b:1::127.0.0.1]"},
      {"[64:ff9b:1::8.8.8.8]"},
      {"[2002:7f00:1::]"},
      {"[2002:a00:1::1]"},
      {"[2002:808:808::1]"},
      {"[2001:0:7f00:1::]"},
      {"[2001:0:4136:e378:8000:63bf:80ff:fffe]"},
      // Inside networks.
      {"10.0.0.1"},
      {"10.255.255.255"},
      {"172.16.0.1"},
      {"172.31.255.255"},
      {"192.168.0.1"},
      {"192.168.255.255"},
      {"100.64.0.1"},
      {"100.127.255.255"},
      {"[fc00::1]"},
      {"[fd12:3456::1]"},
      {"[fec0::1]"},
      {"[fe80::1]"},
      {"[febf::1]"},
      {"169.254.0.1"},
      {"intranet.example", {"10.1.2.3"}},
      {"v6.intranet.example", {"fd00::7"}},
      // Clouds' metadata.
      {"169.254.169.254"},
      {"0xa9fea9fe"},
      {"2852039166"},
      {"0251.0376.0251.0376"},
      {"169.254.170.2"},
      {"100.100.100.200"},
      {"192.0.0.192"},
      {"168.63.129.16"},
      {"[fd00:ec2::254]"},
      {"[::ffff:169.254.169.254]"},
      {"[::ffff:a9fe:a9fe]"},
      {"[fd20:ce::254]"},
      {"metadata.google.internal", {"169.254.169.254"}},
      // Not anybody's address.
      {"192.0.0.1"},
      {"192.0.2.1"},
      {"192.88.99.1"},
      {"198.18.0.1"},
      {"198.19.255.255"},
      {"198.51.100.1"},
      {"203.0.113.1"},
      {"224.0.0.1"},
      {"239.255.255.255"},
      {"240.0.0.1"},
      {"255.255.255.255"},
      {"[ff02::1]"},
      {"[2001:db8::1]"},
      {"[100::1]"},
      {"[3fff::1]"},
      {"[5f00::1]"},
      {"[4000::1]"},
      {"[2001:2::1]"},
      {"[2001:10::1]"},
      // Names that lead inside, alone or in company.
      {"evil.example", {"127.0.0.1"}},
      {"mixed.example", {"93.184.216.34", "127.0.0.1"}},
      {"mixed-last.example", {"1.1.1.1", "8.8.8.8", "9.9.9.9", "::1"}},
      {"mixed-v6.example", {"2606:4700::1111", "fd00::1"}},
      {"mapped.example", {"::ffff:127.0.0.1"}},
      {"nat64.example", {"64:ff9b::7f00:1"}},
      {"zero.example", {"0.0.0.0"}},
      {"zero6.example", {"::"}},
      // Not a host.
      {""},
      {"."},
      {".."},
      {"a..example"},
      {".example.com"},
      {"example.com.."},
      {"-a.example"},
      {"a-.example"},
      {"user@127.0.0.1"},
      {"example.com@127.0.0.1"},
      {"user:pass@127.0.0.1"},
      {"127.0.0.1%00.example.com"},
      {"127.0.0.1%2f"},
      {"%31%32%37.0.0.1"},
      {"127%2e0%2e0%2e1"},
      {"example.com\\@127.0.0.1"},
      {"example.com#@127.0.0.1"},
      {"127\xe3\x80\x82"
       "0\xe3\x80\x82"
       "0\xe3\x80\x82"
       "1"},  // ideographic full stops
      {"127\xef\xbc\x8e"
       "0.0.1"},
      {"\xe2\x91\xa0\xe2\x91\xa1\xe2\x91\xa6.0.0.1"},
      {"\xef\xbc\x91\xef\xbc\x92\xef\xbc\x97.0.0.1"},  // full-width digits
      {"loc\xc2\xad"
       "alhost"},
      {"[::1"},
      {"::1]"},
      {"[]"},
      {"[::1].example"},
      {"[v1.::1]"},
      {"[fe80::1%25eth0]"},
      {"[::ffff:127.1]"},
      {"[::ffff:0x7f.0.0.1]"},
      {"*"},
      {"a b"},
  };
}

}  // namespace millrace::egress::testing
