import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { SeededChance } from '../../base/index.ts'
import { LocalCall, Metadata } from '../../rpc/index.ts'
import { knownMessages, MachineNode, mutated, setUp } from './testing/index.ts'

const MESSAGES = 6000

describe('a message that somebody has damaged', () => {
  it('is answered like any other, by the door and by the state behind it', () => {
    const chance = new SeededChance(11)
    const known = knownMessages()
    const { door } = setUp({ node: new MachineNode() })
    const methods = new Map(door.methods.map((method) => [method.path, method]))
    let answered = 0
    const receiver = { message: () => true, ready: () => {}, ended: () => void answered++ }
    const onFault = (error: unknown): never => {
      throw error
    }
    for (let left = MESSAGES; left > 0; left--) {
      const { path, bytes } = known[chance.below(known.length)] ?? assert.fail()
      const method = methods.get(path) ?? assert.fail(path)
      const message = mutated(bytes, chance)
      const call = new LocalCall(method, { metadata: Metadata.EMPTY, receiver, onFault })
      try {
        call.begin()
        call.send(message, 0, message.length)
        call.cancel()
      } catch (cause) {
        const hex = Buffer.from(message).toString('hex')
        throw new Error(`${path} ${hex}`, { cause })
      }
    }
    // The others wait for a lock or a member, or go on.
    assert.ok(answered > MESSAGES / 2, `${answered}`)
  })
})
