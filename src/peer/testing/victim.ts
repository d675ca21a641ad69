/** A node's network in a process of its own, which a test kills. Tells its port, then waits. */

import { SeededChance } from '../../base/index.ts'
import { createNodeClock, createNodeGzip, createNodeSockets } from '../../io/index.ts'
import { Member } from './member.ts'

const [port = '0', incarnation = '1', other = '0'] = process.argv.slice(2)

const member = new Member(
  {
    clock: createNodeClock(),
    sockets: createNodeSockets(),
    chance: new SeededChance(Number(incarnation), 'victim'),
    gzip: createNodeGzip(),
    host: '127.0.0.1',
  },
  {
    id: 2,
    port: Number(port),
    incarnation: Number(incarnation),
    peers: new Map([[1, [{ host: '127.0.0.1', port: Number(other) }]]]),
  },
)
await member.open()
process.stdout.write(`${member.address.port}\n`)
