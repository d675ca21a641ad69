import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { KeyIndex, type KeySlot, NO_SLOT, NO_VERSION, SoughtKeys } from './index.ts'

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0))
}

/** An index and the revision of the last change, one main revision a change. */
class Session {
  readonly index = new KeyIndex()
  revision = 1

  put(text: string, lease = 0n): KeySlot {
    this.revision += 1
    const bytes = bytesOf(`<${text}>`)
    const given = { main: this.revision, sub: 0, lease, recordBytes: 10 + text.length }
    return this.index.put(bytes, 1, bytes.length - 1, given)
  }

  remove(text: string): void {
    this.revision += 1
    const slot = this.find(text)
    this.index.remove(slot, { main: this.revision, sub: 0, recordBytes: 5 + text.length })
  }

  find(text: string): KeySlot {
    return this.index.find(bytesOf(text), 0, text.length)
  }

  /** All keys from one on, in order, with a mark for those that are not there now. */
  keysFrom(text: string): string[] {
    const found: string[] = []
    for (
      let slot = this.index.first(bytesOf(text));
      slot !== NO_SLOT;
      slot = this.index.next(slot)
    ) {
      const key = String.fromCharCode(...this.index.keyBytes(slot))
      found.push(this.index.isDeleted(slot) ? `-${key}` : key)
    }
    return found
  }

  /** Compacts in slices of one; what was dropped, in order. */
  compact(at: number): string[] {
    const dropped: string[] = []
    this.index.compact(at)
    while (!this.index.compactStep(1, (main, sub) => dropped.push(`${main}.${sub}`))) {}
    return dropped
  }

  versionAt(text: string, at: number): string {
    const { index } = this
    const ref = index.versionAt(this.find(text), at)
    if (ref === NO_VERSION) return 'none'
    const revision = `${index.refMain(ref)}.${index.refSub(ref)}`
    const made = `created ${index.refCreate(ref)} version ${index.refVersion(ref)}`
    return `${revision} ${made} lease ${index.refLease(ref)} bytes ${index.refBytes(ref)}`
  }
}

describe('a key in the index', () => {
  it('is found by exactly its bytes', () => {
    const session = new Session()
    const slot = session.put('apple')
    assert.equal(session.find('apple'), slot)
    assert.ok(slot >= 1)
    for (const other of ['appl', 'apples', 'applf', 'apple\0', 'bapple', 'a']) {
      assert.equal(session.find(other), NO_SLOT)
    }
  })

  it('keeps its slot through all its versions', () => {
    const session = new Session()
    const slot = session.put('a')
    for (let i = 0; i < 100; i++) session.put(`other ${i}`)
    assert.equal(session.put('a'), slot)
    session.remove('a')
    assert.equal(session.put('a'), slot)
  })

  it('counts its versions from its creation', () => {
    const own = new Session()
    const slot = own.put('a')
    own.put('b')
    own.put('a', 77n)
    assert.equal(own.index.main(slot), 4)
    assert.equal(own.index.sub(slot), 0)
    assert.equal(own.index.create(slot), 2)
    assert.equal(own.index.version(slot), 2)
    assert.equal(own.index.lease(slot), 77n)
    assert.equal(own.index.isDeleted(slot), false)
    assert.equal(own.index.recordBytes(slot), 11)
  })

  it('begins anew after it was deleted', () => {
    const session = new Session()
    const slot = session.put('a')
    session.put('a')
    session.remove('a')
    assert.equal(session.index.isDeleted(slot), true)
    assert.equal(session.index.version(slot), 0)
    assert.equal(session.index.lease(slot), 0n)
    assert.equal(session.index.main(slot), 4)
    session.put('a')
    assert.equal(session.index.create(slot), 5)
    assert.equal(session.index.version(slot), 1)
  })

  it('is seen as it was at every revision', () => {
    const session = new Session()
    session.put('a', -5n)
    session.put('b')
    session.put('a')
    session.remove('a')
    session.put('a')
    assert.equal(session.versionAt('a', 1), 'none')
    assert.equal(session.versionAt('a', 2), '2.0 created 2 version 1 lease -5 bytes 11')
    assert.equal(session.versionAt('a', 3), '2.0 created 2 version 1 lease -5 bytes 11')
    assert.equal(session.versionAt('a', 4), '4.0 created 2 version 2 lease 0 bytes 11')
    assert.equal(session.versionAt('a', 5), 'none')
    assert.equal(session.versionAt('a', 6), '6.0 created 6 version 1 lease 0 bytes 11')
    assert.equal(session.versionAt('a', Number.MAX_SAFE_INTEGER).slice(0, 3), '6.0')
  })
})

describe('the order of keys', () => {
  it('is that of unsigned bytes, a prefix before what it begins', () => {
    const session = new Session()
    const ordered = [
      '\0',
      '\0\0',
      'a',
      'a\0',
      'a\0\0',
      'aa',
      'b',
      '\x7f',
      '\x80',
      '\xff',
      '\xff\0',
      '\xff\xff',
    ]
    for (const text of [...ordered].reverse()) session.put(text)
    assert.deepEqual(session.keysFrom(''), ordered)
    assert.deepEqual(session.keysFrom('a\0'), ordered.slice(3))
    assert.deepEqual(session.keysFrom('a\x01'), ordered.slice(5))
    assert.deepEqual(session.keysFrom('\xff\xff\0'), [])
  })

  it('holds deleted keys until they are compacted, and counts only those that are there', () => {
    const session = new Session()
    for (const text of ['d', 'b', 'a', 'c']) session.put(text)
    session.remove('b')
    assert.deepEqual(session.keysFrom(''), ['a', '-b', 'c', 'd'])
    assert.equal(session.index.liveKeys, 3)
    assert.equal(session.index.countLive(bytesOf(''), null), 3)
    assert.equal(session.index.countLive(bytesOf('b'), bytesOf('d')), 1)
    assert.equal(session.index.countLive(bytesOf('d'), bytesOf('b')), 0)
    assert.equal(session.index.countLive(bytesOf('c'), bytesOf('c')), 0)
    session.put('a')
    session.compact(session.revision)
    assert.deepEqual(session.keysFrom(''), ['a', 'c', 'd'])
    assert.equal(session.find('b'), NO_SLOT)
  })

  it('compares and copies keys', () => {
    const session = new Session()
    const slot = session.put('key')
    const target = new Uint8Array(6)
    assert.equal(session.index.copyKey(slot, target, 2), 3)
    assert.deepEqual(target, Uint8Array.of(0, 0, ...bytesOf('key'), 0))
    assert.equal(session.index.keyLength(slot), 3)
    assert.ok(session.index.compareKey(slot, bytesOf('kex')) > 0)
    assert.ok(session.index.compareKey(slot, bytesOf('ke')) > 0)
    assert.equal(session.index.compareKey(slot, bytesOf('key')), 0)
    assert.ok(session.index.compareKey(slot, bytesOf('key\0')) < 0)
    assert.ok(session.index.compareKey(slot, bytesOf('l')) < 0)
  })
})

describe('compaction', () => {
  it('keeps of each key the version in force and what is newer', () => {
    const session = new Session()
    for (const text of ['a', 'a', 'b', 'a', 'b']) session.put(text)
    assert.deepEqual(session.compact(4), ['2.0'])
    assert.equal(session.versionAt('a', 4).slice(0, 3), '3.0')
    assert.equal(session.versionAt('b', 4).slice(0, 3), '4.0')
    assert.equal(session.versionAt('b', 6).slice(0, 3), '6.0')
    assert.deepEqual(session.compact(6), ['3.0', '4.0'])
    assert.equal(session.index.versions, 2)
    assert.equal(session.index.liveBytes, 22)
  })

  it('takes a tombstone that is in force, and the key with it when nothing came after', () => {
    const session = new Session()
    session.put('gone')
    session.put('back')
    session.remove('gone')
    session.remove('back')
    session.put('back')
    assert.deepEqual(session.compact(6).sort(), ['2.0', '3.0', '4.0', '5.0'])
    assert.equal(session.find('gone'), NO_SLOT)
    assert.equal(session.versionAt('back', 6), '6.0 created 6 version 1 lease 0 bytes 14')
    assert.equal(session.index.versions, 1)
  })

  it('leaves a tombstone at its very revision to those who watch from there', () => {
    const session = new Session()
    session.put('a')
    session.remove('a')
    session.put('b')
    assert.deepEqual(session.compact(3), ['2.0'])
    assert.deepEqual(session.keysFrom(''), ['-a', 'b'])
    assert.equal(session.versionAt('a', 3), 'none')
    assert.deepEqual(session.compact(4), ['3.0'])
    assert.deepEqual(session.keysFrom(''), ['b'])
  })

  it('only moves on', () => {
    const session = new Session()
    for (const text of ['a', 'a', 'a']) session.put(text)
    session.compact(3)
    assert.throws(() => session.index.compact(3), /only moves on/)
  })
})

describe('what the index takes', () => {
  /** Of 16 to 32 bytes, in no order. */
  function keyOf(n: number): Uint8Array {
    const spread = Math.imul(n, 0x9e3779b1) >>> 0
    const text = `${spread.toString(16).padStart(8, '0')}${n.toString(16).padStart(8, '0')}`
    return new TextEncoder().encode(text.padEnd(16 + (n % 17), '.'))
  }

  it('looks at the keys that are sought', () => {
    const index = new KeyIndex()
    const [here, missing] = [keyOf(1), keyOf(2)]
    const slot = index.put(here, 0, here.length, { main: 7, sub: 0, lease: 0n, recordBytes: 300 })
    const sought = new SoughtKeys(2)
    for (const key of [missing, here]) index.seek(sought, key, 0, key.length)
    assert.ok(sought.isFull)
    index.lookFor(sought)
    assert.deepEqual([sought.slot(0), sought.slot(1)], [NO_SLOT, slot])
    assert.equal(sought.seen, 7, 'the first word of what is there')
    assert.equal(sought.count, 0)
  })

  it('takes no more than 64 MiB for keys that are only expected', () => {
    const index = new KeyIndex()
    const before = index.bytes
    index.expect(2 ** 40)
    assert.ok(index.bytes - before <= 64 * 1024 * 1024, `${index.bytes - before} bytes`)
    index.release()
  })

  it('is the same whether keys were expected or not', () => {
    for (const count of [0, 1, 4096, 8191, 8192, 20_000]) {
      const [one, other] = [new KeyIndex(), new KeyIndex()]
      other.expect(count)
      for (let n = 0; n < count; n++) {
        const key = keyOf(n)
        const given = { main: n + 2, sub: 0, lease: 0n, recordBytes: 300 }
        for (const index of [one, other]) index.put(key, 0, key.length, given)
      }
      assert.equal(other.bytes, one.bytes)
      for (let n = 0; n < count + 10; n++) {
        const key = keyOf(n)
        assert.equal(other.find(key, 0, key.length), one.find(key, 0, key.length))
      }
    }
  })

  it('is at most 84 bytes for a key, and 48 for an older version', () => {
    const count = 200_000
    const index = new KeyIndex()
    const put = (n: number, main: number): void => {
      const key = keyOf(n)
      index.put(key, 0, key.length, { main, sub: 0, lease: 0n, recordBytes: 300 })
    }
    for (let n = 0; n < count; n++) put(n, n + 2)
    const ofKeys = index.bytes
    for (let n = 0; n < count; n++) put(n, count + n + 2)
    const ofVersions = index.bytes - ofKeys
    // Two million keys within 160 MiB, of the 400 MiB that a node may take.
    assert.ok(ofKeys <= 84 * count, `${ofKeys / count} bytes a key`)
    assert.ok(ofVersions <= 49 * count, `${ofVersions / count} bytes a version`)
  })

  it('is freed page by page when the index is over, without the collector', () => {
    const index = new KeyIndex()
    const count = 100_000
    for (let n = 0; n < count; n++) {
      const key = keyOf(n)
      index.put(key, 0, key.length, { main: n + 2, sub: 0, lease: 0n, recordBytes: 300 })
    }
    const { bytes } = index
    const before = process.memoryUsage().arrayBuffers
    index.release()
    let slices = 0
    while (!index.freeStep(4)) slices += 1
    assert.ok(slices > 5, 'not all at once')
    assert.equal(index.freeStep(4), true)
    const freed = before - process.memoryUsage().arrayBuffers
    assert.ok(freed > 0.9 * bytes, `${freed} of ${bytes} bytes`)
  })

  it('is given back when the index is over, while what it came to stays known', () => {
    const index = new KeyIndex()
    const empty = index.bytes
    for (let n = 0; n < 5000; n++) {
      const key = keyOf(n)
      index.put(key, 0, key.length, { main: n + 2, sub: 0, lease: 7n, recordBytes: 300 })
    }
    index.release()
    index.release()
    assert.equal(index.bytes, empty)
    assert.deepEqual([index.versions, index.liveBytes], [5000, 5000 * 300])
    assert.equal(index.find(keyOf(1), 0, keyOf(1).length), NO_SLOT)
  })
})
