"""One users/track after the other, a connection each, as a script posts them."""
import json
import sys
import time
import urllib.request

url, key, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
began = time.monotonic()
for n in range(count):
    body = {"attributes": [
        {"external_id": f"single-{n}", "first_name": "Ana", "favourite_number": n}]}
    request = urllib.request.Request(
        url + "/users/track", json.dumps(body).encode(),
        {"Content-Type": "application/json", "Authorization": "Bearer " + key})
    with urllib.request.urlopen(request, timeout=30) as answer:
        assert answer.status == 201
took = time.monotonic() - began
print(json.dumps({"objects": count, "seconds": round(took, 2),
                  "objects_per_second": round(count / took)}))
