"""Posts the profile by http.client: what a node costs without the weight of requests. The connection that
it closes is kept by its worker for the next call."""
import http.client
import json
import urllib.parse

from .. import app


class PostProfile:
    def execute(self, log, payload=None, context=None):
        params = app.PARAMS[context['env']]
        body = json.dumps({'attributes': [payload], 'partner': 'pypestream'})
        headers = {'Authorization': 'Bearer ' + params['braze_api_key'],
                   'Content-Type': 'application/json'}
        place = urllib.parse.urlsplit(params['braze_url'])
        connection = http.client.HTTPConnection(place.hostname, place.port, timeout=5)
        try:
            connection.request('POST', '/users/track', body, headers)
            response = connection.getresponse()
            response.read()
            return {'success': 'true' if response.status == 201 else 'error'}
        except (OSError, http.client.HTTPException):
            return {'success': 'error'}
        finally:
            connection.close()
