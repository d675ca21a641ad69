/** What `npm install quorate` gives: its files, its types, and that all of it works. */

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { after, describe, it } from 'node:test'
import { freePorts } from '../cluster/index.ts'
import { Project, ROOT, runtimes } from './installed.ts'

const MIB = 1024 * 1024
const CLIENT_BYTES_MAX = MIB
const CLIENT_LOAD_MS_MAX = 100
/** The first one reads from the disk: the best of some is what it takes. */
const LOADS = 5

const manifest = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'))
const project = Project.create()
after(() => project.remove())
const olderNodes = runtimes()
const nodes = new Map([...olderNodes, ['of this repository', process.execPath]])
const serverNodes = new Map([...nodes].filter(([version]) => version !== '22'))
const peers = Object.keys(manifest.peerDependencies ?? {})
for (const peer of peers) project.borrow(peer)
const names = Object.keys(manifest.exports)
  .filter((name) => name !== './package.json')
  .map((name) => `quorate${name.slice(1)}`)

describe('the package', () => {
  it('holds what is run and its types, and nothing else', () => {
    const allowed = [
      /^(package\.json|README\.md|LICENSE|CHANGELOG\.md)$/,
      /^bin\/\w+(\.mjs)?$/,
      /^dist\/[\w/-]+(\.d\.ts|\.js)$/,
      /^dist\/licenses\/[\w-]+\.txt$/,
    ]
    const paths = project.packed.files.map((file) => file.path)
    const others = paths.filter((file) => !allowed.some((pattern) => pattern.test(file)))
    assert.deepEqual(others, [])
    for (const needed of ['LICENSE', 'README.md', 'bin/quorate.mjs', 'dist/main.js']) {
      assert.ok(paths.includes(needed), needed)
    }
    assert.ok(paths.includes('dist/licenses/yaml.txt'), 'terms of what is in the bundle')
  })

  it('depends on nothing that has to be installed', () => {
    assert.equal(manifest.dependencies, undefined)
    for (const peer of peers) assert.equal(manifest.peerDependenciesMeta[peer]?.optional, true)
    assert.deepEqual(Object.keys(manifest.optionalDependencies), ['lmdb'])
  })

  it('compiles in a strict project, with the types of every entry', async () => {
    const imports = names.map((name, at) => `import * as entry${at} from '${name}'`)
    project.write(
      'all.ts',
      `${imports.join('\n')}\n${names.map((_, at) => `void entry${at}\n`).join('')}`,
    )
    project.write('program.ts', PROGRAM)
    project.write('common.cts', "import client = require('quorate/client')\nvoid client.connect\n")
    const compiler = path.join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc')
    const strict = ['--strict', '--skipLibCheck', 'false', '--noEmit', '--target', 'es2024']
    const own = ['--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess']
    const types = path.join(ROOT, 'node_modules', '@types')
    const node = ['--lib', 'esnext', '--typeRoots', types, '--types', 'node']
    for (const words of [
      ['--module', 'nodenext', ...node, ...own, 'all.ts', 'program.ts', 'common.cts'],
      // The client alone asks for no types of Node.js.
      ['--module', 'esnext', '--moduleResolution', 'bundler', '--lib', 'esnext,dom', 'program.ts'],
    ]) {
      const done = await project.run(process.execPath, [compiler, ...strict, ...words])
      assert.equal(done.code, 0, done.stdout)
    }
    const wrong = project.write('wrong.ts', PROGRAM.replace("'greeting', 'hello'", "'greeting', 5"))
    const refused = await project.run(process.execPath, [
      ...[compiler, ...strict, '--module', 'nodenext', ...node],
      path.basename(wrong),
    ])
    assert.match(refused.stdout, /wrong\.ts\(\d+,\d+\): error TS2345/)
  })

  it('loads little for a client, at once', async () => {
    const file = project.write('load.mjs', LOAD)
    const tookMs: number[] = []
    for (let load = 0; load < LOADS; load++) {
      const { stdout, stderr, code } = await project.run(process.execPath, [file])
      assert.equal(code, 0, stderr)
      const { ms, bytes, files } = JSON.parse(stdout)
      tookMs.push(ms)
      assert.ok(bytes < CLIENT_BYTES_MAX, `${bytes} bytes in ${files.length} files`)
    }
    assert.ok(Math.min(...tookMs) < CLIENT_LOAD_MS_MAX, `${tookMs.join(', ')} ms`)
  })

  it('has no other way in than its entries', async () => {
    const file = project.write('inside.mjs', "await import('quorate/dist/main.js')\n")
    const { stderr } = await project.run(process.execPath, [file])
    assert.match(stderr, /ERR_PACKAGE_PATH_NOT_EXPORTED/)
  })

  for (const [version, node] of serverNodes) {
    it(`embeds nodes, and every entry loads, on Node.js ${version}`, async () => {
      const file = project.write('embed.mjs', `${EMBED}${JSON.stringify(names)})\n`)
      const { code, stdout, stderr } = await project.run(node, [file])
      assert.equal(code, 0, stderr)
      assert.equal(stdout, 'hello\nENGINE_MISSING true\n')
      assert.equal(stderr, '')
    })

    for (const name of ['start', 'dev']) {
      it(`is a command that can ${name}, on Node.js ${version}`, async () => {
        const [client = 0, peer = 0] = await freePorts(2)
        const ports = ['--client-port', String(client), '--peer-port', String(peer)]
        const data = name === 'start' ? ['--data', `data-${version.length}`] : []
        const child = project.start(node, [name, '--nodes', '1', ...data, ...ports])
        const ended = once(child, 'exit')
        assert.match(await untilReady(child), /Ready after/)
        assert.ok((await project.command(node, ['version'])).includes(manifest.version))
        const at = ['--endpoints', `127.0.0.1:${client}`]
        await project.command(node, ['put', 'greeting', 'hello', ...at])
        const got = await project.command(node, ['get', 'greeting', ...at, '--json'])
        assert.match(got, /"hello"/)
        child.kill('SIGINT')
        assert.deepEqual(await ended, [0, null])
      })
    }
  }

  for (const [version, node] of olderNodes) {
    it(`is a client on Node.js ${version}, also by require`, async () => {
      const { startNode } = await import('../../src/main/embed/index.ts')
      await using server = await startNode()
      for (const [name, text] of [
        ['client.mjs', "import { connect, json } from 'quorate/client'\n"],
        ['client.cjs', "const { connect, json } = require('quorate/client')\n"],
      ] as const) {
        const file = project.write(name, `${text}${CLIENT}`)
        const { code, stdout, stderr } = await project.run(node, [file, server.endpoint])
        assert.equal(code, 0, stderr)
        assert.equal(stdout, 'put hello\nhello\n{"deep":[1,2]}\n')
      }
    })
  }

  const tooOld = olderNodes.get('22')
  if (tooOld !== undefined) {
    it('says in a sentence that the command needs a newer Node.js', async () => {
      const command = path.join(project.home, 'bin', 'quorate.mjs')
      const { code, stderr } = await project.run(tooOld, [command, 'start'])
      assert.equal(code, 1)
      assert.match(stderr, /^quorate: the server and the command line need Node\.js 24 or newer/)
    })

    it('says the same where nodes are to be embedded, and opens nothing', async () => {
      const file = project.write('too-old.mjs', TOO_OLD)
      const { code, stdout, stderr } = await project.run(tooOld, [file])
      assert.equal(code, 0, stderr)
      assert.equal(stdout, 'true\ntrue\nfalse\n')
    })
  }
})

async function untilReady(child: ReturnType<Project['start']>): Promise<string> {
  let said = ''
  const { promise, resolve } = Promise.withResolvers<string>()
  const hear = (piece: Buffer): void => {
    said += piece.toString()
    if (said.includes('Ready after')) resolve(said)
  }
  child.stdout?.on('data', hear)
  child.stderr?.on('data', hear)
  child.once('exit', () => resolve(said))
  return await promise
}

const PROGRAM = `import { startCluster, startNode, type LocalNode } from 'quorate'
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

/** Processor time: what others do on this machine is not its fault. */
const LOAD = `import { registerHooks } from 'node:module'
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
await import('quorate/client')
const { user, system } = process.cpuUsage(began)
const ms = (user + system) / 1000
const bytes = files.reduce((sum, file) => sum + statSync(file).size, 0)
console.log(JSON.stringify({ ms, bytes, files }))
`

const EMBED = `import { startCluster, startNode } from 'quorate'
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

const TOO_OLD = `import { existsSync } from 'node:fs'
import { startCluster, startNode } from 'quorate'
const says = /^the server needs Node\\.js 24 or newer, and this is 22\\./
for (const start of [startNode, startCluster]) {
  await start({ directory: 'too-old' }).catch((error) => console.log(says.test(error.message)))
}
console.log(existsSync('too-old'))
`

const CLIENT = `const use = async () => {
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
