r'''
Calls a web service and copies parts of its answer into variables.

Parameters
----------
{
  "api_base_url": "{env.shop_url}",
  "req_endpoint_path": "orders/{ORDER}",
  "req_method": "GET",
  "req_headers": {"Authorization": "Bearer {env.shop_key}"},
  "req_body": {},
  "response_mapping": {"order.status": "ORDER_STATUS", "items.0.name": "FIRST_ITEM"},
  "status_var": "HTTP_STATUS"
}

Returns
-------
success: 'true' for an answer of 200 to 299, 'false' for any other answer, 'error' when there was
none. response_mapping: a path of keys and list positions, and the variable it goes to; the
variables are named in the Variable column.
'''
import requests


class MakeAPICall:
    def execute(self, log, payload=None, context=None):
        payload = payload or {}
        base = str(payload.get('api_base_url') or '').rstrip('/')
        path = str(payload.get('req_endpoint_path') or '').lstrip('/')
        method = str(payload.get('req_method') or 'GET').upper()
        url = base + '/' + path if path else base
        given = payload.get('req_headers') or {}
        headers = {str(key): str(value) for key, value in given.items()}
        if context and context.get('idempotency_key'):
            headers.setdefault('Idempotency-Key', context['idempotency_key'])
        body = payload.get('req_body')
        try:
            answer = requests.request(method, url, headers=headers, timeout=(3, 8),
                                      json=body if body and method not in ('GET', 'HEAD') else None)
        except requests.RequestException as problem:
            log('no answer: {}'.format(type(problem).__name__))
            return {'success': 'error'}
        result = {'success': 'true' if answer.ok else 'false'}
        log('{} answered {}'.format(method, answer.status_code))
        if payload.get('status_var'):
            result[str(payload['status_var'])] = str(answer.status_code)
        mapping = payload.get('response_mapping') or {}
        if mapping:
            try:
                data = answer.json()
            except ValueError:
                log('the answer is not JSON')
                return result
            for path, variable in mapping.items():
                found = self.find(data, str(path))
                if found is not None:
                    result[str(variable)] = found if isinstance(found, str) else str(found)
        return result

    @staticmethod
    def find(data, path):
        for step in path.split('.'):
            if isinstance(data, dict):
                data = data.get(step)
            elif isinstance(data, list) and step.isdigit() and int(step) < len(data):
                data = data[int(step)]
            else:
                return None
        return data
