"""The same events into PostgreSQL, by COPY, with a unique id: what a service that keeps events in a
database would do.

    python3 bench/events_postgres.py [SECONDS=5]        (packages postgresql-15, python3-psycopg2)

The server has the first CPU, and sixteen writers the other. A batch is copied into a table of the
writer's own, and moved from there so that an id that came before is left out; the commit is synced.
Nothing is parsed and nobody is asked over HTTP. Prints a Markdown table like bench/events.mjs.
"""

import io
import json
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import threading
import time

import psycopg2

SECONDS = float(sys.argv[1]) if len(sys.argv) > 1 else 5
BIN = '/usr/lib/postgresql/15/bin'
WRITERS = 16
TICKS = os.sysconf('SC_CLK_TCK')
EVENT = json.dumps(
    {
        'type': 'track',
        'event': 'Looked at a room',
        'anonymousId': '3b08ec47-5d2c-4a3e-9a51-1d8f0a6b7c21',
        'timestamp': '2026-11-23T12:21:21.881Z',
        'properties': {'room': 'double', 'price': 129.5, 'nights': 3, 'currency': 'EUR'},
        'context': {
            'page': {
                'url': 'https://hotel.example/rooms/double?utm_source=mail',
                'path': '/rooms/double',
                'title': 'A double room',
                'referrer': 'https://search.example/',
            },
            'locale': 'pt-PT',
            'userAgent': 'Mozilla/5.0 (X11; Linux x86_64) Chrome/156.0.0.0',
            'library': {'name': 'analytics.js', 'version': 'npm:next-1.84.3'},
        },
    }
)


def run_as_postgres(*command):
    """PostgreSQL refuses to be run by root."""
    as_postgres = ['runuser', '-u', 'postgres', '--'] if os.geteuid() == 0 else []
    subprocess.run(
        [*as_postgres, 'taskset', '-c', '0', *command], check=True, stdout=subprocess.DEVNULL
    )


def cpu_seconds(folder):
    """Of the server and of its processes, as many as there are now."""
    with open(os.path.join(folder, 'data', 'postmaster.pid'), encoding='utf-8') as pid_file:
        server = int(pid_file.readline())
    ticks = 0
    for pid in filter(str.isdigit, os.listdir('/proc')):
        try:
            with open(f'/proc/{pid}/stat', encoding='utf-8') as stat:
                fields = stat.read().rsplit(') ', 1)[1].split()
        except OSError:
            continue
        if int(pid) == server or int(fields[1]) == server:
            ticks += int(fields[11]) + int(fields[12])
    return ticks / TICKS


def write(connection, size, end, times, number):
    """One writer, until the time is over."""
    made = 0
    with connection.cursor() as cursor:
        cursor.execute('create temporary table mine (id text, received timestamptz, event jsonb)')
        connection.commit()
        while time.monotonic() < end:
            began = time.monotonic()
            rows = ''.join(
                f'{size}-{number}-{made + at}\t2026-11-23T12:21:22Z\t{EVENT}\n'
                for at in range(size)
            )
            made += size
            cursor.copy_expert('copy mine from stdin', io.StringIO(rows))
            cursor.execute('insert into events select * from mine on conflict do nothing')
            cursor.execute('truncate mine')
            connection.commit()
            times.append(time.monotonic() - began)
        cursor.execute('drop table mine')
        connection.commit()


def measure(folder, connections, size):
    """Prints the row of one size of batches."""
    times = []
    end = time.monotonic() + SECONDS
    before = cpu_seconds(folder)
    began = time.monotonic()
    threads = [
        threading.Thread(target=write, args=(connection, size, end, times, number))
        for number, connection in enumerate(connections)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.monotonic() - began
    cpu = cpu_seconds(folder) - before
    times.sort()
    events = len(times) * size
    half, most = times[len(times) // 2] * 1000, times[int(len(times) * 0.99)] * 1000
    print(f'| {size} | {events / took:.0f} | {events / cpu:.0f} | {half:.1f} / {most:.1f} |')


def main():
    folder = tempfile.mkdtemp(prefix='millrace-postgres-')
    if os.geteuid() == 0:
        postgres = pwd.getpwnam('postgres')
        os.chown(folder, postgres.pw_uid, postgres.pw_gid)
    data = os.path.join(folder, 'data')
    settings = f'-c listen_addresses= -c unix_socket_directories={folder}'
    run_as_postgres(f'{BIN}/initdb', '-D', data, '-A', 'trust', '-U', 'bench')
    run_as_postgres(
        f'{BIN}/pg_ctl', '-D', data, '-w', '-l', f'{folder}/log', '-o', settings, 'start'
    )
    try:
        connections = [
            psycopg2.connect(host=folder, user='bench', dbname='postgres')
            for _ in range(WRITERS)
        ]
        with connections[0].cursor() as cursor:
            cursor.execute(
                'create table events (id text primary key, received timestamptz, event jsonb)'
            )
        connections[0].commit()
        print('| events a batch | events/s | events per CPU-second of the server | p50 / p99 ms |')
        print('|---|---|---|---|')
        for size in (1, 20, 500):
            measure(folder, connections, size)
    finally:
        run_as_postgres(f'{BIN}/pg_ctl', '-D', data, '-m', 'immediate', 'stop')
        shutil.rmtree(folder)


if __name__ == '__main__':
    main()
