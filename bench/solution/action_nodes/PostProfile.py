"""Posts the profile over one kept connection: what a node costs without the weight of requests."""
import http.client
import json
import urllib.parse

from .. import app

_connections = {}


def _connection(url):
    parts = urllib.parse.urlsplit(url)
    if url not in _connections:
        _connections[url] = http.client.HTTPConnection(parts.hostname, parts.port, timeout=5)
    return _connections[url]


class PostProfile:
    def execute(self, log, payload=None, context=None):
        params = app.PARAMS[context['env']]
        body = json.dumps({'attributes': [payload], 'partner': 'pypestream'})
        headers = {'Authorization': 'Bearer ' + params['braze_api_key'],
                   'Content-Type': 'application/json'}
        connection = _connection(params['braze_url'])
        try:
            connection.request('POST', '/users/track', body, headers)
            response = connection.getresponse()
            response.read()
            return {'success': 'true' if response.status == 201 else 'error'}
        except (OSError, http.client.HTTPException):
            connection.close()
            return {'success': 'error'}
