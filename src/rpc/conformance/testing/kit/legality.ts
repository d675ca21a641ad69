import assert from 'node:assert/strict'
import type { Incoming } from './frame-reader.ts'
import { SETTING, WINDOW_MAX } from './frames.ts'
import type { Field } from './hpack-writer.ts'

export type Role = 'client' | 'server'

const CONNECTION_SPECIFIC: ReadonlySet<string> = new Set([
  'connection',
  'proxy-connection',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
])

/**
 * Rules for everything that the other side sends, whatever we did to it: they are checked in every
 * case, not in one. `them` is the role of the other side.
 */
export class Legality {
  readonly #them: Role
  #first = true
  #goawayLast = WINDOW_MAX
  #goaways = 0
  /** Streams on which the other side has sent END_STREAM, and those that it has reset. */
  readonly #ended = new Set<number>()
  readonly #reset = new Set<number>()
  readonly #answered = new Set<number>()

  constructor(them: Role) {
    this.#them = them
  }

  check(item: Incoming): void {
    if (item.kind === 'closed') return
    if (this.#first) {
      const preface = item.kind === 'settings' && !item.ack
      // A connection that is refused before its preface may see GOAWAY alone (§3.4).
      assert.ok(preface || item.kind === 'goaway', `${item.kind} before SETTINGS (§3.4)`)
      this.#first = false
    }
    switch (item.kind) {
      case 'headers':
        this.#checkStream(item.stream, item.end)
        this.#checkFields(item)
        return
      case 'data':
        this.#checkStream(item.stream, item.end)
        assert.ok(this.#answered.has(item.stream), 'DATA comes after HEADERS (§8.1)')
        return
      case 'reset':
        assert.ok(!this.#reset.has(item.stream), 'a stream is reset once (§5.4.2)')
        this.#reset.add(item.stream)
        return
      case 'windowUpdate':
        assert.ok(item.increment > 0 && item.increment <= WINDOW_MAX, 'an increment (§6.9)')
        assert.ok(!this.#reset.has(item.stream), 'nothing follows RST_STREAM (§5.4.2)')
        return
      case 'goaway':
        this.#goaways += 1
        assert.ok(item.last <= this.#goawayLast, 'the last stream never increases (§6.8)')
        this.#goawayLast = item.last
        return
      case 'settings':
        for (const [id, value] of item.values) checkSetting(id, value, this.#them)
        return
      case 'other':
        assert.notEqual(item.type, 0x5, 'nobody asked for a push (§8.4)')
        return
      default:
        return
    }
  }

  #checkStream(stream: number, end: boolean): void {
    assert.equal(stream % 2, 1, 'only the client opens streams here (§5.1.1)')
    assert.ok(!this.#reset.has(stream), 'nothing follows RST_STREAM (§5.4.2)')
    assert.ok(!this.#ended.has(stream), 'nothing follows END_STREAM (§5.1)')
    if (end) this.#ended.add(stream)
  }

  #checkFields({
    stream,
    fields,
    end,
  }: {
    stream: number
    fields: readonly Field[]
    end: boolean
  }) {
    for (const [name, value] of fields) checkField(name, value, this.#them)
    const pseudo = fields.filter(([name]) => name.startsWith(':')).map(([name]) => name)
    const leading = fields.slice(0, pseudo.length).map(([name]) => name)
    assert.deepEqual(pseudo, leading, 'pseudo-header fields come first (§8.3)')
    if (this.#answered.has(stream)) {
      assert.deepEqual(pseudo, [], 'trailers have no pseudo-header fields (§8.1)')
      assert.ok(end, 'trailers end the stream (§8.1)')
      return
    }
    const wanted =
      this.#them === 'server' ? [':status'] : [':authority', ':method', ':path', ':scheme']
    const optional = this.#them === 'client' && !pseudo.includes(':authority')
    const expected = optional ? wanted.slice(1) : wanted
    assert.deepEqual([...pseudo].sort(), expected, 'the pseudo-header fields of a message (§8.3)')
    const status = fields.find(([name]) => name === ':status')?.[1] ?? ''
    if (!/^1\d\d$/.test(status)) this.#answered.add(stream)
  }
}

function checkField(name: string, value: string, them: Role): void {
  assert.match(name, /^:?[!#$%&'*+\-.^_`|~0-9a-z]+$/, 'a field name (§8.2)')
  assert.doesNotMatch(value, /[\0\r\n]|^[ \t]|[ \t]$/, `the value of ${name} (§8.2.1)`)
  assert.ok(!CONNECTION_SPECIFIC.has(name), `${name} is connection-specific (§8.2.2)`)
  if (name !== 'te') return
  assert.equal(them, 'client', 'te belongs to requests (§8.2.2)')
  assert.equal(value, 'trailers', 'te says trailers or nothing (§8.2.2)')
}

function checkSetting(id: number, value: number, them: Role): void {
  if (id === SETTING.enablePush) {
    assert.ok(value === 0 || (value === 1 && them === 'client'), 'SETTINGS_ENABLE_PUSH (§6.5.2)')
  }
  if (id === SETTING.initialWindowSize) assert.ok(value <= WINDOW_MAX, 'a window (§6.5.2)')
  if (id === SETTING.maxFrameSize) {
    assert.ok(value >= 16_384 && value <= 16_777_215, 'SETTINGS_MAX_FRAME_SIZE (§6.5.2)')
  }
}
