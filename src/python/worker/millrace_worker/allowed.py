"""What a script may use and still leave nothing behind in the process that runs it.

Lists of what is known to keep no state that another call could meet. A name that is missing here
is no mistake of the script's: its calls have a process of their own each.
"""
import builtins

ALLOWED_BUILTINS = frozenset('''
    abs all any ascii bin bool bytearray bytes callable chr complex dict divmod
    enumerate filter float format frozenset hash hex int isinstance iter len list map
    max min next oct ord pow print range repr reversed round set slice sorted str sum
    tuple zip'''.split()) | frozenset(
        name for name, value in vars(builtins).items()
        if isinstance(value, type) and issubclass(value, Exception))

# Of modules: what may be called, by module.
ALLOWED_CALLS = frozenset(
    '{}.{}'.format(module, name) for module, names in {
        'base64': '''b16decode b16encode b32decode b32encode b64decode b64encode
                     urlsafe_b64decode urlsafe_b64encode''',
        'binascii': 'crc32 hexlify unhexlify',
        'calendar': 'monthrange',
        'collections': 'Counter OrderedDict defaultdict deque',
        'copy': 'copy deepcopy',
        'datetime': '''date date.fromisoformat date.fromtimestamp date.today datetime
                       datetime.combine datetime.fromisoformat datetime.fromtimestamp
                       datetime.now datetime.strptime datetime.utcfromtimestamp datetime.utcnow
                       time time.fromisoformat timedelta timezone''',
        'decimal': 'Decimal',
        'hashlib': 'blake2b blake2s md5 sha1 sha224 sha256 sha384 sha3_256 sha3_512 sha512',
        'hmac': 'compare_digest digest new',
        'functools': 'reduce',
        'html': 'escape unescape',
        'http.client': 'HTTPConnection HTTPSConnection',
        'ipaddress': 'ip_address ip_network',
        'itertools': '''accumulate chain chain.from_iterable combinations groupby islice pairwise
                        permutations product starmap takewhile zip_longest''',
        'json': 'dumps loads',
        'math': '''ceil copysign cos dist exp fabs floor fmod fsum gcd hypot isclose isfinite
                   isinf isnan lcm log log10 log2 modf pow prod radians degrees sin sqrt tan
                   trunc''',
        'millrace': 'error ok pending retry_later',
        'os': '''environ.get getenv path.basename path.dirname path.join path.splitext''',
        're': 'compile escape findall finditer fullmatch match search split sub subn',
        'operator': 'itemgetter',
        'requests': 'Session delete get head options patch post put request session',
        'secrets': 'choice compare_digest randbelow token_bytes token_hex token_urlsafe',
        'statistics': 'fmean mean median',
        'string': 'capwords',
        'textwrap': 'dedent fill indent shorten wrap',
        'time': '''ctime gmtime localtime mktime monotonic monotonic_ns perf_counter sleep
                   strftime strptime time time_ns''',
        'unicodedata': 'normalize',
        'urllib.parse': '''parse_qs parse_qsl quote quote_plus unquote unquote_plus urlencode
                           urljoin urlparse urlsplit urlunparse urlunsplit''',
        'uuid': 'UUID uuid3 uuid4 uuid5',
    }.items() for name in names.split())

# What may be looked at and handed on.
ALLOWED_VALUES = frozenset(
    '{}.{}'.format(module, name) for module, names in {
        'datetime': 'date datetime time timedelta timezone timezone.utc UTC',
        'decimal': '''Decimal InvalidOperation ROUND_CEILING ROUND_DOWN ROUND_FLOOR
                      ROUND_HALF_DOWN ROUND_HALF_EVEN ROUND_HALF_UP ROUND_UP''',
        'hashlib': 'md5 sha1 sha224 sha256 sha384 sha512',
        'http.client': '''BadStatusLine HTTPException IncompleteRead InvalidURL
                          RemoteDisconnected''',
        'json': 'JSONDecodeError',
        'math': 'e inf nan pi tau',
        're': '''A ASCII DOTALL I IGNORECASE M MULTILINE S U UNICODE VERBOSE X error''',
        'requests': '''ConnectionError ConnectTimeout HTTPError ReadTimeout RequestException
                       Timeout TooManyRedirects exceptions.ConnectionError
                       exceptions.ChunkedEncodingError exceptions.ConnectTimeout
                       exceptions.ContentDecodingError exceptions.HTTPError
                       exceptions.InvalidSchema exceptions.InvalidURL
                       exceptions.JSONDecodeError exceptions.MissingSchema
                       exceptions.ProxyError exceptions.ReadTimeout
                       exceptions.RequestException exceptions.SSLError exceptions.Timeout
                       exceptions.TooManyRedirects''',
        'string': '''ascii_letters ascii_lowercase ascii_uppercase digits hexdigits octdigits
                     printable punctuation whitespace''',
        'uuid': 'NAMESPACE_DNS NAMESPACE_OID NAMESPACE_URL NAMESPACE_X500',
    }.items() for name in names.split())

# What `with` may be about: it closes what this call has made, or lets an error pass.
CONTEXT_CALLS = frozenset('''
    contextlib.closing contextlib.suppress requests.Session requests.delete requests.get
    requests.head requests.options requests.patch requests.post requests.put requests.request
    requests.session'''.split())
# What contextlib.closing may be about.
CLOSED_CALLS = frozenset(['http.client.HTTPConnection', 'http.client.HTTPSConnection'])
SESSION_CALLS = frozenset(['requests.Session', 'requests.session'])
# Of a session that the call has made: what may be set, and what is its own to be changed.
SESSION_ATTRIBUTES = frozenset(['auth', 'max_redirects', 'trust_env'])
SESSION_PARTS = frozenset(['headers', 'cookies', 'params'])
# Methods of connections and sessions, which scripts can only have made themselves.
CONNECTION_METHODS = frozenset('''
    close delete getheader getheaders getresponse head options patch post put read
    request'''.split())
CONNECTION_ARGUMENTS_MAX = 4  # further ones of a session's say what is to be called

# Others alter what they are given, keep a connection, or warn once only.
REQUEST_KEYWORDS = frozenset(
    'url method params data json headers timeout allow_redirects auth body cookies'.split())
PRINT_KEYWORDS = frozenset('sep end flush'.split())

# Methods that change nothing, whatever of the reachable they are called on.
PURE_METHODS = frozenset('''
    as_integer_ratio as_tuple astimezone bit_length capitalize casefold center copy
    count ctime date debug decode digest elements encode end endswith error exception
    expandtabs find fromkeys get group groupdict groups hex hexdigest index info
    is_integer isalnum isalpha isascii isdecimal isdigit isdisjoint isidentifier
    islower isnumeric isocalendar isoformat isoweekday isprintable isspace issubset
    issuperset istitle isupper items join json keys ljust lower lstrip match
    most_common normalize partition quantize raise_for_status removeprefix
    removesuffix replace rfind rindex rjust rpartition rsplit rstrip search span split
    splitlines start startswith strftime strip sub subn swapcase time timestamp
    timetuple title to_integral_value total_seconds translate upper utctimetuple
    utcoffset values warn warning weekday zfill union intersection difference
    symmetric_difference fullmatch findall finditer format'''.split())

# Those that change what they are called on: only on what this call has made.
MUTATORS = frozenset('''
    add append appendleft clear difference_update discard extend insert intersection_update
    move_to_end pop popitem popleft remove reverse setdefault sort symmetric_difference_update
    update'''.split())

# What these names mean is known here, so no object of a script's may give them another meaning.
KNOWN_METHODS = PURE_METHODS | MUTATORS | CONNECTION_METHODS

DATA_ATTRIBUTES = frozenset('''
    args content cookies days denominator elapsed encoding errno filename fragment
    headers hex hostname hour imag int is_redirect lastindex max microsecond
    microseconds min minute month msg netloc numerator ok params password path pattern
    port pos query real reason response resolution scheme second seconds status status_code
    strerror string text tm_hour tm_mday tm_min tm_mon tm_sec tm_wday tm_yday tm_year
    tzinfo url username year'''.split())

# What gives something new, with nothing of another's to be changed through its first level.
FRESH_CALLS = frozenset('''
    bool bytearray bytes complex dict float frozenset int len list repr round set
    sorted str tuple'''.split()) | frozenset('''
    collections.Counter collections.OrderedDict collections.defaultdict collections.deque
    copy.deepcopy
    hashlib.blake2b hashlib.md5 hashlib.sha1 hashlib.sha224 hashlib.sha256
    hashlib.sha384 hashlib.sha512 hmac.new json.loads re.findall re.split
    urllib.parse.parse_qs urllib.parse.parse_qsl millrace.error millrace.ok
    millrace.pending millrace.retry_later'''.split())
FRESH_WITH_KEYWORDS = ('collections.', 'millrace.', 'urllib.parse.')
FRESH_METHODS = frozenset('copy json rsplit split splitlines findall groupdict'.split())

# At the top of a script, which is run once for all calls: what gives a value that stays as it is.
CONSTANT_CALLS = frozenset('''
    bool bytes dict float frozenset int len list max min range round set sorted str
    tuple datetime.date datetime.datetime datetime.time datetime.timedelta
    datetime.timezone decimal.Decimal os.environ.get os.getenv os.path.basename
    os.path.dirname os.path.join re.compile uuid.UUID'''.split())
CONSTANT_METHODS = frozenset('''
    encode format join lower lstrip replace rstrip split strip upper'''.split())
# It makes what has a state; whoever uses it is not proven, but nobody else is touched by it.
INERT_CALLS = frozenset(['requests.Session', 'requests.session'])
OWN_METHODS = frozenset(['__init__', '__str__', '__repr__'])
