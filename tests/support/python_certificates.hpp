// An authority that only tests trust, and a server's certificate that it signed for secure.example.
// Good for a hundred years; the authority's own key was thrown away.
#pragma once

namespace millrace::python::testing {

inline constexpr const char* kAuthority = R"(-----BEGIN CERTIFICATE-----
MIIBqjCCAVGgAwIBAgIUOpSMPlI2UKCr8bHvOOc32/N+m84wCgYIKoZIzj0EAwIw
IjEgMB4GA1UEAwwXTWlsbHJhY2UgdGVzdCBhdXRob3JpdHkwIBcNMjYxMTI2MTUz
NzM4WhgPMjEyNjExMDIxNTM3MzhaMCIxIDAeBgNVBAMMF01pbGxyYWNlIHRlc3Qg
YXV0aG9yaXR5MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE9SqRUMKjffmWh26f
JDIJkM2H5EFefSeg2mz/u0Bvqjwy5IGffm4053iRzvRU5MjE9gWOdgtinjUwliOh
7foll6NjMGEwHQYDVR0OBBYEFMdhDX0QsRZg9X/Wh/2cZ5biEPqFMB8GA1UdIwQY
MBaAFMdhDX0QsRZg9X/Wh/2cZ5biEPqFMA8GA1UdEwEB/wQFMAMBAf8wDgYDVR0P
AQH/BAQDAgIEMAoGCCqGSM49BAMCA0cAMEQCIEYRYtrtrRnAQSLZaQqMOVoeA7j7
vFjb6HH4fU8mXd3CAiBU/0cm6Qjf/TSndXaZbWaNy1eXr83kdLyHLdpiYDtkXQ==
-----END CERTIFICATE-----
)";

inline constexpr const char* kServerCertificate = R"(-----BEGIN CERTIFICATE-----
MIIBuzCCAWKgAwIBAgIUbsU94kBwtkOAkaQDzY2PlxjZJQIwCgYIKoZIzj0EAwIw
IjEgMB4GA1UEAwwXTWlsbHJhY2UgdGVzdCBhdXRob3JpdHkwIBcNMjYxMTI2MTUz
NzM4WhgPMjEyNjExMDIxNTM3MzhaMBkxFzAVBgNVBAMMDnNlY3VyZS5leGFtcGxl
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEaShvISn8Ir6dpjTn2/yj8b1IyEq8
9e8+04r43yH7RqVChd/Kt+YErZMyyfTYqPHkM2gq7jMwZ1zrVZ8n4K132qN9MHsw
GQYDVR0RBBIwEIIOc2VjdXJlLmV4YW1wbGUwCQYDVR0TBAIwADATBgNVHSUEDDAK
BggrBgEFBQcDATAdBgNVHQ4EFgQU9Aizlg+qlUw2UrmROp57mFe2srgwHwYDVR0j
BBgwFoAUx2ENfRCxFmD1f9aH/ZxnluIQ+oUwCgYIKoZIzj0EAwIDRwAwRAIgBj2W
m/2SkvWzdFEVZonBZSipdAHjRJyVHLYqdYKDcfwCIDo6Vfa+cLZ1+/uNKxQph0Ty
G7ggUw/ymXFzrH3MriEb
-----END CERTIFICATE-----
)";

inline constexpr const char* kServerKey = R"(-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgw0Z1PQjLXBsFWEvt
AP8JfbyqdKxnuNuHNj4J1UyfMUmhRANCAARpKG8hKfwivp2mNOfb/KPxvUjISrz1
7z7TivjfIftGpUKF38q35gStkzLJ9Nio8eQzaCruMzBnXOtVnyfgrXfa
-----END PRIVATE KEY-----
)";

}  // namespace millrace::python::testing
