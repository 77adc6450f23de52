# -*- coding: utf-8 -*-
r'''
Action Node Script for Braze Integration

POST Request to the User Track Braze Endpoint (users/track): the consumer's profile and one event
that says that the conversation was completed.

Parameters
----------
{
  "external_id": "{EXTERNAL_ID}",
  "first_name": "{FIRST_NAME}",
  "last_name": "{LAST_NAME}",
  "email": "{EMAIL}",
  "dob": "{DATE_OF_BIRTH}",
  "home_city": "{CITY}",
  "operating_system": "{OPERATING_SYSTEM}"
}

external_id is a stable id of the consumer, not the e-mail address, which may change. dob is
YYYY-MM-DD. operating_system becomes a custom attribute; others can be added in the same way.
The API key needs the permissions users.track and users.export.ids.

Returns
-------
{'success': 'true'} when Braze has taken the profile and the event, {'success': 'unknown'} when it
was asked and did not answer, so that they may have arrived, else {'success': 'error'}. After
'unknown' the next call looks first whether the event is there.

'''
import time
from datetime import datetime

import requests
from .. import app

EVENT = 'signup_conversation_completed'
UNSET = (None, '', 'None')


class BrazeExample:
    # May be called again after an outcome was lost: it then looks before it posts.
    repeatable = True

    def execute(self, log, payload=None, context=None):
        asked = False  # Braze, to take something: from then on it may have
        try:
            app_params = app.PARAMS[context['env']]
            attributes = {name: value for name, value in payload.items() if value not in UNSET}
            if 'external_id' not in attributes:
                log('BrazeExample: no external_id in the Parameter Input')
                return {'success': 'error'}
            # The event of a former call that may have arrived is the same event.
            former = (context.get('variables') or {}).get('EVENT_TIME')
            asked = context['uncertain'] or former not in UNSET
            event_time = context['now'] if former in UNSET else former
            event = {
                'external_id': attributes['external_id'],
                'name': EVENT,
                'time': event_time,
                'properties': {
                    'idempotency_key': context['idempotency_key'],
                    'conversation_id': context['chat_id'],
                },
            }
            if asked and self.was_posted(app_params, event, context):
                log('BrazeExample: an earlier attempt had arrived')
                return {'success': 'true'}

            asked = True
            resp = self.post(app_params, 'braze_user_track', context, {
                'attributes': [attributes],
                'events': [event],
                'partner': 'pypestream',
            })
            if self.is_success(resp):
                return {'success': 'true'}
            log('BrazeExample: users/track answered {}'.format(self.describe(resp)))

        except Exception as err:
            # Its text may quote an answer or an address; the name of the error says enough.
            log('BrazeExample: {}'.format(type(err).__name__))
            if asked and self.may_have_arrived(err):
                return {'success': 'unknown', 'EVENT_TIME': event_time}

        return {'success': 'error'}

    def was_posted(self, app_params, event, context):
        '''Asks Braze for the profile's events. Raises when that cannot be told: then posting
        again might make a second event.'''
        resp = self.post(app_params, 'braze_export', context, {
            'external_ids': [event['external_id']],
            'fields_to_export': ['external_id', 'custom_events'],
        })
        if not self.is_success(resp):
            raise LookupFailed(resp.status_code)
        own_time = self.moment(event['time'])
        for user in resp.json().get('users') or []:
            for found in user.get('custom_events') or []:
                if found.get('name') == EVENT and own_time in (
                        self.moment(found.get('first')), self.moment(found.get('last'))):
                    return True
        return False

    def may_have_arrived(self, err):
        '''Whether Braze may have taken what was sent before that error.'''
        if isinstance(err, (requests.exceptions.ConnectTimeout, requests.exceptions.InvalidURL,
                            requests.exceptions.MissingSchema, requests.exceptions.InvalidSchema)):
            return False
        if isinstance(err, requests.exceptions.ConnectionError):
            return 'NewConnectionError' not in str(err)  # nobody listens there
        return True

    def post(self, app_params, endpoint, context, body):
        req_url = '{}/{}'.format(app_params['braze_url'].rstrip('/'), app_params[endpoint])
        req_headers = {
            'Authorization': 'Bearer ' + app_params['braze_api_key'],
            'Content-Type': 'application/json',
        }
        # To connect and to answer may take this long each, and there may be two requests.
        seconds = max(0.5, min(4, (context['deadline'] - time.time()) / 3))
        return requests.post(req_url, json=body, headers=req_headers, timeout=seconds,
                             allow_redirects=False)

    def is_success(self, resp):
        if not 200 <= resp.status_code < 300:
            return False
        answer = resp.json()
        return answer.get('message') == 'success' and not answer.get('errors')

    def describe(self, resp):
        '''What may be logged of an answer: never its text, which can quote the key (401) or what
        the consumer said.'''
        text = str(resp.status_code)
        if resp.status_code == 401 or resp.status_code >= 500:
            return text
        try:
            types = [error['type'] for error in resp.json().get('errors') or []]
        except (ValueError, TypeError, KeyError, AttributeError):
            return text
        return '{}: {}'.format(text, '; '.join(map(str, types[:5]))) if types else text

    def moment(self, text):
        try:
            return datetime.fromisoformat(text.replace('Z', '+00:00'))
        except (AttributeError, ValueError):
            return None


class LookupFailed(Exception):
    '''users/export/ids did not say which events the profile has.'''
