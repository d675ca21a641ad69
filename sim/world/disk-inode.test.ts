import assert from 'node:assert/strict'
import { it } from 'node:test'
import fc from 'fast-check'
import { SeededChance } from '../../src/base/index.ts'
import { NO_DISK_FAULTS } from './disk-config.ts'
import { failPower } from './disk-crash.ts'
import { Inode } from './disk-inode.ts'

const FILE_BYTES = 5_000

function only(old: Set<number>, byte: number): Set<number> {
  return old.size === 1 && old.has(byte) ? old : new Set([byte])
}

/** The same file as plain bytes, with what each byte and the size may be after a power failure. */
class Model {
  current = new Uint8Array(0)
  #bytes: Set<number>[] = Array.from({ length: 2 * FILE_BYTES + 1 }, () => new Set([0]))
  #sizes = new Set([0])

  write(bytes: Uint8Array, position: number, { durable }: { durable: boolean }): void {
    if (bytes.length === 0) return
    const end = position + bytes.length
    const next = new Uint8Array(Math.max(this.current.length, end))
    next.set(this.current)
    next.set(bytes, position)
    this.current = next
    bytes.forEach((byte, i) => {
      const old = this.#bytes[position + i] as Set<number>
      if (durable) this.#bytes[position + i] = only(old, byte)
      // Zero, because a sector that is torn may become so.
      else old.add(byte).add(0)
    })
    this.#sizes.add(next.length)
    if (!durable) return
    this.#sizes.add(end)
    for (const size of this.#sizes) if (size < end) this.#sizes.delete(size)
  }

  truncate(size: number): void {
    const next = new Uint8Array(size)
    next.set(this.current.subarray(0, size))
    this.current = next
    this.#sizes.add(size)
    for (const byte of this.#bytes.slice(size)) byte.add(0)
  }

  sync(): void {
    this.#bytes = this.#bytes.map((old, i) => only(old, this.current[i] ?? 0))
    this.#sizes = new Set([this.current.length])
  }

  check(bytes: Uint8Array): void {
    assert.ok(this.#sizes.has(bytes.length), 'the size is one of those')
    bytes.forEach((byte, i) => {
      assert.ok(this.#bytes[i]?.has(byte), 'every byte is one of those')
    })
  }
}

const step = fc.oneof(
  fc.record({
    kind: fc.constantFrom('write' as const, 'durable' as const),
    position: fc.nat(FILE_BYTES),
    length: fc.oneof(fc.nat(600), fc.nat(FILE_BYTES)),
    value: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 255 })),
  }),
  fc.record({ kind: fc.constant('truncate' as const), size: fc.nat(FILE_BYTES) }),
  fc.record({ kind: fc.constant('sync' as const) }),
)

function bytesOf(inode: Inode): Uint8Array {
  const bytes = new Uint8Array(inode.size)
  assert.equal(inode.read(bytes, { offset: 0, length: bytes.length, position: 0 }), bytes.length)
  return bytes
}

it('reads as plain bytes do, and after a power failure holds what the model permits', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 25 }), fc.nat(), (steps, seed) => {
      const inode = new Inode(1)
      const model = new Model()
      for (const one of steps) {
        if (one.kind === 'write' || one.kind === 'durable') {
          const bytes = new Uint8Array(one.length + 2).fill(one.value)
          const range = { offset: 1, length: one.length, position: one.position }
          const durable = one.kind === 'durable'
          model.write(bytes.subarray(1, 1 + one.length), one.position, { durable })
          if (durable) inode.writeDurably(bytes, range)
          else inode.write(bytes, range)
        } else if (one.kind === 'truncate') {
          model.truncate(one.size)
          inode.truncate(one.size)
        } else {
          model.sync()
          inode.sync(inode.mark)
        }
        assert.deepEqual(bytesOf(inode), model.current)
      }
      failPower(inode, {
        chance: new SeededChance(seed, 'crash'),
        faults: { ...NO_DISK_FAULTS, crashGarbage: 0 },
        note: () => {},
        permits: () => true,
      })
      model.check(bytesOf(inode))
      assert.equal(inode.durableSize, inode.size)
    }),
    { numRuns: 200 },
  )
})

it('with everything synced, a power failure changes nothing', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 15 }), fc.nat(), (steps, seed) => {
      const inode = new Inode(1)
      for (const one of steps) {
        if (one.kind === 'truncate') inode.truncate(one.size)
        if (one.kind !== 'write' && one.kind !== 'durable') continue
        const bytes = new Uint8Array(one.length).fill(one.value)
        inode.write(bytes, { offset: 0, length: one.length, position: one.position })
      }
      inode.sync(inode.mark)
      const before = bytesOf(inode)
      const chance = new SeededChance(seed, 'crash')
      failPower(inode, {
        chance,
        faults: NO_DISK_FAULTS,
        note: () => assert.fail('nothing is lost'),
        permits: () => true,
      })
      assert.deepEqual(bytesOf(inode), before)
    }),
    { numRuns: 100 },
  )
})
