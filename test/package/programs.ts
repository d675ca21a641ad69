/** What is run or compiled in a project that has the package. */

export const PROGRAM = `import { startCluster, startNode, type LocalNode } from 'quorate'
import { type Client, compare, connect, type Entry, json, put, QuorateError } from 'quorate/client'

export async function use(signal: AbortSignal): Promise<number> {
  await using node: LocalNode = await startNode({ engine: 'memory' })
  await using cluster = await startCluster({ nodes: 3, log: 'warn' })
  await using db: Client = await connect({ endpoints: cluster.endpoints, signal })
  const settings = await cluster.connect({ codec: json<{ readonly size: number }>() })
  await settings.put('settings', { size: 5 })
  await db.put('greeting', 'hello', { ifAbsent: true })
  const entry: Entry | null = await db.get('greeting')
  const done = await db.txn().if(compare.missing('a')).then(put('a', '1')).commit()
  for await (const event of db.watch({ prefix: 'a', signal })) {
    if (event.type === 'put') console.log(event.entry.value.toUpperCase())
  }
  try {
    await using lock = await db.lock('name')
    console.log(lock.fence + 1n, done.succeeded)
  } catch (error) {
    if (error instanceof QuorateError) console.log(error.code, error.advice)
  }
  return (entry?.revision ?? 0) + ((await settings.get('settings'))?.value.size ?? 0)
}
`

export const LOAD = `import { registerHooks } from 'node:module'
import { statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
const files = []
const began = process.cpuUsage()
registerHooks({
  load: (url, context, next) => {
    if (url.startsWith('file:')) files.push(fileURLToPath(url))
    return next(url, context)
  },
})
await import(process.argv[2])
const { user, system } = process.cpuUsage(began)
const ms = (user + system) / 1000
// What Node.js itself has taken.
const bootMs = (began.user + began.system) / 1000
const bytes = files.reduce((sum, file) => sum + statSync(file).size, 0)
console.log(JSON.stringify({ ms, bootMs, bytes, files }))
`

export const EMBED = `import { startCluster, startNode } from 'quorate'
{
  await using cluster = await startCluster()
  const db = await cluster.connect()
  await db.put('greeting', 'hello')
  console.log((await db.get('greeting')).value)
}
await startNode({ engine: 'lmdb' }).catch((error) => {
  console.log(error.code, /npm install lmdb/.test(error.message))
})
const load = async (names) => {
  for (const name of names) await import(name)
}
await load(`

export const TOO_OLD = `import { existsSync } from 'node:fs'
import { startCluster, startNode } from 'quorate'
const says = /^the server needs Node\\.js 24 or newer, and this is 22\\./
for (const start of [startNode, startCluster]) {
  await start({ directory: 'too-old' }).catch((error) => console.log(says.test(error.message)))
}
console.log(existsSync('too-old'))
`

export const CLIENT = `const use = async () => {
  const db = await connect(process.argv[2])
  await db.put('greeting', 'hello')
  const watch = db.watch({ prefix: 'greeting', from: 1 })
  for await (const event of watch) {
    console.log(event.type, event.entry.value)
    break
  }
  console.log((await db.get('greeting')).value)
  const documents = db.withCodec(json())
  await documents.put('document', { deep: [1, 2] })
  console.log(JSON.stringify((await documents.get('document')).value))
  await db.close()
}
use()
`

/** Every entry of the package of the client, by the names that it has in the whole. */
export const CLIENT_TYPES = `import Keyv from 'keyv'
import { type Client, connect, QuorateError, text } from 'quorate'
import { connect as sameConnect } from 'quorate/client'
import { QuorateLevel } from 'quorate/abstract-level'
import { QuorateKeyv, type QuorateKeyvOptions } from 'quorate/keyv'

export async function use(options: QuorateKeyvOptions): Promise<number> {
  await using db: Client = await connect({ codec: text })
  await db.put('greeting', 'hello')
  const level = new QuorateLevel<string, { readonly name: string }>(db, { valueEncoding: 'json' })
  await level.put('7', { name: 'Ada' })
  const name: string | undefined = (await level.get('7'))?.name
  const cache = new Keyv<string>({ store: new QuorateKeyv(db, options) })
  await cache.set('/', '<html>', 60_000)
  const page: string | undefined = await cache.get('/')
  void QuorateError
  return (name ?? page ?? '').length + sameConnect.length
}
`

export const ADAPTERS = `import Keyv from 'keyv'
import { connect } from 'PACKAGE/client'
import { QuorateLevel } from 'PACKAGE/abstract-level'
import { QuorateKeyv } from 'PACKAGE/keyv'
const db = await connect(process.argv[2])
const level = new QuorateLevel(db, { prefix: 'users/', valueEncoding: 'json' })
await level.put('7', { name: 'Ada' })
console.log(JSON.stringify(await level.get('7')))
console.log(JSON.stringify(await level.keys().all()))
await level.del('7')
console.log(await level.get('7'), await level.has('7'))
await level.close()
const cache = new Keyv({ store: new QuorateKeyv(db, { prefix: 'cache/' }), namespace: 'pages' })
await cache.set('/', '<html>', 60_000)
console.log(await cache.get('/'))
await cache.delete('/')
console.log(await cache.get('/'))
await db.close()
`
