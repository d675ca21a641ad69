import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { before, describe, it } from 'node:test'
import { clusterForCli, jsonLines, MAIN, MS_MAX, type Shown } from './quorate.ts'

const { cluster, quorate, fine, file } = clusterForCli('reading')

/** A shell that was started as a group of its own, with all that it has started. */
function endGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL')
  } catch {
    // Nothing of it is left.
  }
}

describe('list', () => {
  before(async () => {
    for (const [key, value] of [
      ['l/a', 'one'],
      ['l/b', 'two\nlines'],
      ['l/c', 'tab\there'],
    ] as const) {
      await fine(['put', key, value])
    }
    await fine(['put', '6c2f64', 'fffe', '--hex'])
  })

  it('prints lines with tabs for other programs', async () => {
    const { out } = await fine(['list', '--prefix', 'l/'])
    assert.equal(out, 'l/a\tone\nl/b\ttwo\\nlines\nl/c\ttab\\there\nl/d\t\\xff\\xfe\n')
    assert.equal((await fine(['list', 'l/'])).out, out)
  })

  it('prints no two values alike', async () => {
    await fine(['put', 'same/a', 'x\ny'])
    await fine(['put', 'same/b', 'x\\ny'])
    await fine(['put', 'same/c\\', ''])
    const { out } = await fine(['list', 'same/'])
    assert.equal(out, 'same/a\tx\\ny\nsame/b\tx\\\\ny\nsame/c\\\\\t\n')
  })

  it('prints parts: a range, so many, names only, backwards, how many', async () => {
    const names = async (...words: string[]) =>
      (await fine(['list', '--keys-only', ...words])).out.split('\n').slice(0, -1)
    assert.deepEqual(await names('--start', 'l/b', '--end', 'l/d'), ['l/b', 'l/c'])
    assert.deepEqual(await names('l/', '--limit', '2'), ['l/a', 'l/b'])
    assert.deepEqual(await names('l/', '--reverse', '--limit', '1'), ['l/d'])
    assert.deepEqual(await names('l/', '-rk'), ['l/d', 'l/c', 'l/b', 'l/a'])
    assert.deepEqual(await names('6c2f', '--hex'), ['6c2f61', '6c2f62', '6c2f63', '6c2f64'])
    assert.equal((await fine(['list', 'l/', '--count'])).out, '4\n')
    assert.deepEqual(await quorate.json(['list', 'l/', '--count']), { count: 4 })
    assert.deepEqual(await names('no such prefix'), [])
  })

  it('prints details, and the past', async () => {
    const { revision } = (await quorate.json(['get', 'l/a'])) as Shown
    await fine(['put', 'l/a', 'changed'])
    const { out } = await fine(['list', 'l/a', '--long', '--revision', `${revision}`])
    assert.equal(out, `l/a\tone\t${revision}\t${revision}\t1\t3 B\t\n`)
    await fine(['put', 'l/a', 'one'])
  })

  it('prints a line of JSON for each key', async () => {
    const { out } = await fine(['list', 'l/', '--json'])
    const entries = jsonLines(out) as readonly Shown[]
    assert.deepEqual(
      entries.map(({ key, value, encoding }) => [key, value, encoding]),
      [
        ['l/a', 'one', 'text'],
        ['l/b', 'two\nlines', 'text'],
        ['l/c', 'tab\there', 'text'],
        ['l/d', '//4=', 'base64'],
      ],
    )
    const keysOnly = jsonLines((await fine(['list', 'l/', '-k', '--json'])).out)
    assert.ok(keysOnly.every((entry) => !('value' in (entry as Shown))))
  })

  it('ends quietly when nobody reads any more', async () => {
    const running = quorate.start(['list', '--json'])
    running.child.stdout?.destroy()
    const { status, err } = await running.end()
    assert.deepEqual([status, err], [0, ''])
  })
})

describe('watch', () => {
  it('prints what happened since a revision, in order', async () => {
    const { revision } = (await quorate.json(['put', 'w/a', '1'])) as Shown
    await fine(['put', 'w/a', '2'])
    await fine(['put', 'w/b', '1'])
    await fine(['del', 'w/a'])
    const from = ['--from', `${revision}`]
    const [prefix, key, range, previous] = await Promise.all([
      fine(['watch', '--prefix', 'w/', ...from, '--limit', '4']),
      fine(['watch', 'w/a', ...from, '--limit', '3', '--json']),
      fine(['watch', '--start', 'w/b', '--end', 'w/c', ...from, '--limit', '1']),
      fine(['watch', 'w/a', ...from, '--limit', '2', '--previous']),
    ])
    const at = (number: number) => revision + number
    assert.equal(
      prefix.out,
      [
        `${at(0)}\tput\tw/a\t1\n${at(1)}\tput\tw/a\t2\n`,
        `${at(2)}\tput\tw/b\t1\n${at(3)}\tdelete\tw/a\t\n`,
      ].join(''),
    )
    const events = jsonLines(key.out) as readonly Shown[]
    assert.deepEqual(
      events.map(({ type, value, revision: when }) => [type, value, when]),
      [
        ['put', '1', at(0)],
        ['put', '2', at(1)],
        ['delete', undefined, at(3)],
      ],
    )
    assert.equal(range.out, `${at(2)}\tput\tw/b\t1\n`)
    assert.equal(previous.out, `${at(0)}\tput\tw/a\t1\t\n${at(1)}\tput\tw/a\t2\t1\n`)
  })

  it('ends when nobody reads any more, though nothing changes', async (t) => {
    const { revision } = (await quorate.json(['put', 'w/e', '1'])) as Shown
    // A pipe of a shell: that of a test is a socket.
    const watch = `"${process.execPath}" "${MAIN}" watch w/e --from ${revision}`
    const shell = spawn('sh', ['-c', `${watch} | head -n 1`], {
      env: { ...process.env, ...quorate.environment },
      stdio: ['ignore', 'pipe', 'inherit'],
      timeout: MS_MAX,
      detached: true,
    })
    t.after(() => endGroup(shell))
    const [printed, [status]] = await Promise.all([text(shell.stdout), once(shell, 'exit')])
    assert.deepEqual([status, printed], [0, `${revision}\tput\tw/e\t1\n`])
  })

  it('goes on until it is interrupted', async () => {
    const { revision } = (await quorate.json(['put', 'w/c', '1'])) as Shown
    const running = quorate.start(['watch', '772f63', '--from', `${revision}`, '--hex'])
    await running.until(/\n/)
    running.child.kill('SIGINT')
    const { status, out, err } = await running.end()
    assert.deepEqual([status, out, err], [130, `${revision}\tput\t772f63\t31\n`, ''])
  })
})

describe('txn', { concurrency: 4 }, () => {
  it('does what depends on conditions, from standard input', async () => {
    const script = 'if\nmissing t/owner\nthen\nput t/owner ada\nlist t/\nelse\nget t/owner\n'
    const first = await quorate.run(['txn'], { input: script })
    assert.equal(first.status, 0)
    assert.match(
      first.out,
      /^succeeded \(revision \d+\)\nput t\/owner: OK\nlist t\/: 1 key\n {2}t\/owner = ada\n$/,
    )
    const second = await quorate.run(['txn'], { input: script })
    assert.equal(second.status, 4)
    assert.match(
      second.out,
      new RegExp(
        '^conditions do not hold \\(revision \\d+\\)\\n' +
          ' {2}missing t/owner: the key is there, since revision \\d+\\nget t/owner: ada\\n$',
      ),
    )
    const put = 'if\nvalue t/owner = grace\nmissing t/none\nelse\nput t/owner grace\n'
    const third = await quorate.run(['txn', '--json'], { input: put })
    assert.equal(third.status, 4)
    const { failed, results } = JSON.parse(third.out)
    const [field, key, is] = ['value', 't/owner', '=']
    assert.deepEqual(failed, [{ key, field, is, to: 'grace', found: 'ada' }])
    assert.deepEqual(results, [{}])
  })

  it('reads JSON, and a file', async () => {
    const script = `{
      "if": [{"key": "tn", "field": "version", "is": "<", "to": 5}],
      "then": [
        {"op": "put", "key": "tn", "value": {"base64": "/w=="}},
        {"op": "get", "key": "tn"},
        {"op": "delete", "key": "tnothing"}
      ]
    }`
    const place = file('move.json', script)
    const told = (await quorate.json(['txn', '--file', place])) as Shown
    assert.equal(told['succeeded'], true)
    const [put, get = {}, del] = told['results'] as readonly Readonly<Record<string, unknown>>[]
    assert.deepEqual(put, {})
    assert.deepEqual(del, { deleted: 0 })
    const [entry] = get['entries'] as readonly Shown[]
    assert.deepEqual([entry?.['value'], entry?.['encoding'], get['count']], ['/w==', 'base64', 1])
  })
})

describe('where the cluster is', { concurrency: 4 }, () => {
  it('is told by --endpoints before the variable', async () => {
    const { host } = new URL(cluster().urls[1] ?? '')
    const environment = { QUORATE_ENDPOINTS: '127.0.0.1:1' }
    const { status } = await quorate.run(['put', 'where', 'x', '--endpoints', host], {
      environment,
    })
    assert.equal(status, 0)
    const urls = ['--endpoints', cluster().urls.join(','), '--color', 'never']
    assert.equal((await quorate.run(['get', 'where', ...urls], { environment })).out, 'x')
  })

  it('is told to be away in the time that is given, with status 5', async () => {
    const environment = { QUORATE_ENDPOINTS: '127.0.0.1:1', QUORATE_TIMEOUT: '300ms' }
    for (const words of [
      ['get', 'a'],
      ['put', 'a', 'b'],
      ['list'],
      ['lock', 'a', '--', 'true'],
      ['lease', 'list'],
      ['members'],
      ['doctor'],
      ['bench', '--seconds', '1'],
    ]) {
      const { status, out, err } = await quorate.run(words, { environment })
      assert.equal(status, 5, `${words.join(' ')}: ${err}`)
      assert.match(`${out}${err}`, /127\.0\.0\.1:1|UNREACHABLE|reached/, words.join(' '))
      assert.doesNotMatch(err, /\n {4}at /, 'no stack')
    }
    const json = await quorate.run(['get', 'a', '--json'], { environment })
    assert.equal(json.status, 5)
    const { code, retry, advice } = JSON.parse(json.err).error
    assert.match(code, /^[A-Z_]+$/)
    assert.equal(retry, 'later', 'nothing happened')
    assert.notEqual(advice, '')
  })
})
