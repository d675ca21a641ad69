/**
 * What `npm install quorate` and `npm install quorate-client` give: files, types, and that all of
 * it works.
 */

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { after, before, describe, it } from 'node:test'
import { type LocalNode, startNode } from '../../src/main/embed/index.ts'
import { freePorts } from '../cluster/index.ts'
import { build, Project, ROOT, runtimes } from './installed.ts'
import { ADAPTERS, CLIENT, CLIENT_TYPES, EMBED, LOAD, PROGRAM, TOO_OLD } from './programs.ts'

const MIB = 1024 * 1024
const CLIENT_BYTES_MAX = MIB
/** And no more than five times what Node.js takes to start, where that takes longer. */
const CLIENT_LOAD_MS_MAX = 100
const CLIENT_LOAD_BOOTS_MAX = 5
/** The first one reads from the disk: the best of some is what it takes. */
const LOADS = 5
const COMPILER = path.join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc')
const STRICT = ['--strict', '--skipLibCheck', 'false', '--noEmit', '--target', 'es2024']
const STRICTER = ['--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess']
const TYPES = path.join(ROOT, 'node_modules', '@types')
const NODE_TYPES = ['--lib', 'esnext', '--typeRoots', TYPES, '--types', 'node']
const OWN_TYPES = ['--typeRoots', TYPES, '--types', 'node', 'program.ts']

const manifest = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'))
const { whole, client } = build()
const project = Project.create(whole)
const clientProject = Project.create(client)
after(() => {
  project.remove()
  clientProject.remove()
})
/** Before the test lends it anything. */
const clientBytes = clientProject.installedBytes()
const olderNodes = runtimes()
const nodes = new Map([...olderNodes, ['of this repository', process.execPath]])
const serverNodes = new Map([...nodes].filter(([version]) => version !== '22'))
const peers = Object.keys(manifest.peerDependencies ?? {})
for (const peer of peers) {
  project.borrow(peer)
  clientProject.borrow(peer)
}
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
    for (const words of [
      ['--module', 'nodenext', ...NODE_TYPES, ...STRICTER, 'all.ts', 'program.ts', 'common.cts'],
      // The client alone asks for no types of Node.js.
      ['--module', 'esnext', '--moduleResolution', 'bundler', '--lib', 'esnext,dom', 'program.ts'],
    ]) {
      const done = await project.run(process.execPath, [COMPILER, ...STRICT, ...words])
      assert.equal(done.code, 0, done.stdout)
    }
    const wrong = project.write('wrong.ts', PROGRAM.replace("'greeting', 'hello'", "'greeting', 5"))
    const refused = await project.run(process.execPath, [
      ...[COMPILER, ...STRICT, '--module', 'nodenext', ...NODE_TYPES],
      path.basename(wrong),
    ])
    assert.match(refused.stdout, /wrong\.ts\(\d+,\d+\): error TS2345/)
  })

  it('loads little for a client, at once', async () => {
    await loadsLittle(project, 'quorate/client')
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

describe('the package of the client', () => {
  it('takes less than a mebibyte when it is installed, with all that it needs', () => {
    assert.ok(clientBytes > 0 && clientBytes < CLIENT_BYTES_MAX, `${clientBytes} bytes`)
    assert.ok(clientProject.packed.unpackedSize < CLIENT_BYTES_MAX)
  })

  it('holds the client with its adapters and types, and nothing of the server', () => {
    const paths = clientProject.packed.files.map((file) => file.path)
    const allowed = [
      /^(package\.json|README\.md|LICENSE)$/,
      /^dist\/(client|chunks)\/[\w/-]+\.js$/,
      /^dist\/(client|base)\/[\w/-]+\.d\.ts$/,
    ]
    const others = paths.filter((file) => !allowed.some((pattern) => pattern.test(file)))
    assert.deepEqual(others, [])
    assert.ok(paths.includes('LICENSE') && paths.includes('README.md'))
  })

  it('has the version of the whole, and depends on nothing that has to be installed', () => {
    const text = readFileSync(path.join(clientProject.home, 'package.json'), 'utf8')
    const own = JSON.parse(text)
    assert.equal(own.version, manifest.version)
    assert.deepEqual(own.engines, manifest.engines)
    assert.equal(own.dependencies, undefined)
    assert.deepEqual(own.peerDependencies, manifest.peerDependencies)
    assert.deepEqual(own.peerDependenciesMeta, manifest.peerDependenciesMeta)
  })

  it('compiles in a strict project, with the types of every entry', async () => {
    const text = CLIENT_TYPES.replaceAll('quorate', 'quorate-client')
    clientProject.write('program.ts', text)
    clientProject.write('wrong.ts', text.replace("'greeting', 'hello'", "'greeting', 5"))
    clientProject.write(
      'common.cts',
      "import client = require('quorate-client')\nvoid client.json\n",
    )
    for (const words of [
      ['--module', 'nodenext', ...NODE_TYPES, ...STRICTER, 'program.ts', 'common.cts'],
      ['--module', 'esnext', '--moduleResolution', 'bundler', ...NODE_TYPES, 'program.ts'],
      // As docs/reference/client.md says: what an older library lacks comes from the types of Node.
      [...['--module', 'nodenext', '--target', 'es2022', '--lib', 'es2022'], ...OWN_TYPES],
    ]) {
      const done = await clientProject.run(process.execPath, [COMPILER, ...STRICT, ...words])
      assert.equal(done.code, 0, done.stdout)
    }
    const refused = await clientProject.run(process.execPath, [
      ...[COMPILER, ...STRICT, '--module', 'nodenext', ...NODE_TYPES, 'wrong.ts'],
    ])
    assert.match(refused.stdout, /wrong\.ts\(\d+,\d+\): error TS2345/)
  })

  it('is loaded at once, also by the name that code for the whole imports', async () => {
    await loadsLittle(clientProject, 'quorate-client')
    clientProject.rename('quorate')
    await loadsLittle(clientProject, 'quorate/client')
  })
})

describe('a client of a node', () => {
  let server: LocalNode
  before(async () => {
    server = await startNode()
  })
  after(() => server[Symbol.asyncDispose]())

  for (const [version, node] of nodes) {
    for (const [from, where] of [
      ['quorate/client', project],
      ['quorate-client', clientProject],
    ] as const) {
      it(`is ${from} on Node.js ${version}, also by require`, async () => {
        for (const [name, text] of [
          ['client.mjs', `import { connect, json } from '${from}'\n`],
          ['client.cjs', `const { connect, json } = require('${from}')\n`],
        ] as const) {
          const file = where.write(name, `${text}${CLIENT}`)
          const { code, stdout, stderr } = await where.run(node, [file, server.endpoint])
          assert.equal(code, 0, stderr)
          assert.equal(stdout, 'put hello\nhello\n{"deep":[1,2]}\n')
        }
      })

      it(`is a store for abstract-level and Keyv by ${from}, on Node.js ${version}`, async () => {
        const name = from.replace('/client', '')
        const file = where.write('adapters.mjs', ADAPTERS.replaceAll('PACKAGE', name))
        const { code, stdout, stderr } = await where.run(node, [file, server.endpoint])
        assert.equal(code, 0, stderr)
        assert.equal(stdout, '{"name":"Ada"}\n["7"]\nundefined false\n<html>\nundefined\n')
      })
    }
  }
})

/** Little in bytes, and in processor time: what others do on this machine is not its fault. */
async function loadsLittle(where: Project, name: string): Promise<void> {
  const file = where.write('load.mjs', LOAD)
  const tookMs: number[] = []
  const bootsMs: number[] = []
  for (let load = 0; load < LOADS; load++) {
    const { stdout, stderr, code } = await where.run(process.execPath, [file, name])
    assert.equal(code, 0, stderr)
    const { ms, bootMs, bytes, files } = JSON.parse(stdout)
    tookMs.push(ms)
    bootsMs.push(bootMs)
    assert.ok(bytes < CLIENT_BYTES_MAX, `${bytes} bytes in ${files.length} files`)
  }
  const mostMs = Math.max(CLIENT_LOAD_MS_MAX, CLIENT_LOAD_BOOTS_MAX * Math.min(...bootsMs))
  assert.ok(Math.min(...tookMs) < mostMs, `${tookMs.join(', ')} ms`)
}

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
