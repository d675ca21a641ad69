import { etcd } from '../../../wire/index.ts'
import { bytesOf as b } from './bad-inputs/index.ts'
import { comparable } from './conversation.ts'
import { type RemoteClient, until } from './remote-client.ts'

const { put, deleteRange, txn, compact } = etcd.KV.methods
const { leaseGrant, leaseRevoke } = etcd.Lease.methods
const { NOPUT, NODELETE } = etcd.WatchCreateRequestFilterType

/** A stream of watches on a store to which nothing was written; what it was told, in order. */
export async function watchConversation(client: RemoteClient): Promise<readonly string[]> {
  const stream = await client.stream(etcd.Watch.methods.watch)
  const told: string[] = []
  const heard = async (count: number): Promise<void> => {
    const expected = told.length + count
    await until(() => stream.messages.length >= expected || stream.outcome !== undefined)
    const fresh = stream.messages.slice(told.length)
    // Who of several watches is told first is nobody's business.
    fresh.sort((one, other) => Number(one.watchId - other.watchId))
    for (const message of fresh) told.push(comparable(message))
  }
  const create = async (fields: Partial<etcd.WatchCreateRequest>, count = 1): Promise<void> => {
    const value = etcd.WatchCreateRequest.create(fields)
    stream.send({ requestUnion: { kind: 'createRequest', value } })
    await heard(count)
  }
  const cancel = async (watchId: bigint, count: number): Promise<void> => {
    stream.send({ requestUnion: { kind: 'cancelRequest', value: { watchId } } })
    await heard(count)
  }
  const write = (key: string, value: string, lease = 0n) =>
    client.ask(put, put.request.create({ key: b(key), value: b(value), lease }))

  // Of one key, by the stream's own number; then of several, by the client's.
  await create({ key: b('a') })
  await create({ key: b('a'), rangeEnd: b('c'), watchId: 7n, prevKv: true })
  await create({ key: b('x'), rangeEnd: b('y'), filters: [NOPUT], watchId: 8n })
  await create({ key: b('x'), rangeEnd: b('y'), filters: [NODELETE], watchId: 9n })
  await create({ key: b('b'), watchId: 7n })
  await create({ key: b('b'), rangeEnd: b('b') })
  await create({ key: b('b'), rangeEnd: b('a') })
  // Revisions 2 to 9.
  await write('b', '1')
  await heard(1)
  await write('b', '2')
  await heard(1)
  await write('x1', '1')
  await heard(1)
  await client.ask(deleteRange, deleteRange.request.create({ key: b('x1') }))
  await heard(1)
  const ops = ['b1', 'b2', 'x2'].map((key): etcd.RequestOp => {
    const value = etcd.PutRequest.create({ key: b(key), value: b('of one') })
    return { request: { kind: 'requestPut', value } }
  })
  await client.ask(txn, txn.request.create({ success: ops }))
  await heard(2)
  await client.ask(leaseGrant, { TTL: 1000, ID: 5n })
  await write('b3', 'leased', 5n)
  await heard(1)
  await write('b4', 'leased', 5n)
  await heard(1)
  await client.ask(leaseRevoke, { ID: 5n })
  await heard(1)
  // What was: from the beginning, and from the middle with values before.
  await create({ key: b('\0'), rangeEnd: b('\0'), startRevision: 1, watchId: 20n }, 2)
  await create({ key: b('b'), rangeEnd: b('c'), startRevision: 5, prevKv: true, watchId: 21n }, 2)
  await create({ key: b('b'), startRevision: 100, watchId: 22n })
  // No answer to the first of these.
  await cancel(99n, 0)
  for (const id of [7n, 20n, 21n]) await cancel(id, 1)
  // What is compacted cannot be watched, what is the compacted revision can.
  await client.ask(compact, { revision: 6, physical: false })
  await create({ key: b('b'), startRevision: 5, watchId: 30n }, 2)
  await create({ key: b('b1'), startRevision: 6, watchId: 31n }, 2)
  await cancel(31n, 1)
  stream.cancel()
  return told
}
