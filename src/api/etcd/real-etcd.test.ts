import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  CONVERSATION,
  comparable,
  MachineNode,
  RemoteClient,
  serve,
  setUp,
  startRealEtcd,
  watchConversation,
} from './testing/index.ts'

const HEADER = /"header":(null|\{[^}]*\}),/

/** What each turn was answered, without what has to differ. */
async function answersOf(client: RemoteClient): Promise<string[]> {
  const answers: string[] = []
  for (const { method, request } of CONVERSATION) {
    const { outcome, messages } = await client.ask(method, request)
    const asked = `${method.path} ${comparable(request)}`
    const told = messages.map(comparable).join(' ')
    // An alarm has no header before etcd 3.5.
    const compared = method.path.endsWith('/Alarm') ? told.replace(HEADER, '') : told
    answers.push(`${asked}\n${outcome} ${compared}`)
  }
  return answers
}

describe('a conversation', () => {
  it('goes as it does with a real etcd', async (context) => {
    const real = await startRealEtcd(context)
    if (real === null) return
    const { door } = setUp({ node: new MachineNode() })
    const ours = new RemoteClient(context, await serve(context, door.methods))
    const [expected, actual] = [await answersOf(real), await answersOf(ours)]
    const different = actual.flatMap((answer, turn) =>
      answer === expected[turn] ? [] : [`ours: ${answer}\nreal: ${expected[turn]}`],
    )
    assert.deepEqual(different, [])
  })
})

describe('a stream of watches', () => {
  it('is told what a real etcd tells', async (context) => {
    const real = await startRealEtcd(context)
    if (real === null) return
    const { door } = setUp({ node: new MachineNode() })
    const ours = new RemoteClient(context, await serve(context, door.methods))
    const told = await watchConversation(ours)
    assert.deepEqual(told, await watchConversation(real))
    assert.equal(told.length, 29)
  })
})
