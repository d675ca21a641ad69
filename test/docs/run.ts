/** Executes what a document shows, against a cluster of its own; see `blocks.ts`. */

import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import {
  type Cluster,
  freePorts,
  serverCommand,
  startCluster,
  UNHURRIED,
} from '../cluster/index.ts'
import { type Block, commandsOf, isAsShown } from './blocks.ts'
import { Shell } from './shell.ts'

const ROOT = path.join(import.meta.dirname, '../..')
const FROM_SOURCE = path.join(ROOT, 'examples/from-source.ts')
/** The addresses of `npm start`, which documents use. */
const PORTS = /\b(127\.0\.0\.1|localhost):808([123])\b/g
/** Those of nodes that a document starts itself. */
const OWN_PORTS = /\b127\.0\.0\.1:(9\d{3})\b/g

export class Execution {
  readonly #cluster: Cluster
  readonly #directory: string
  readonly #shell: Shell
  /** By what stands in the document. */
  readonly #ownPorts = new Map<string, number>()

  static async open(): Promise<Execution> {
    return new Execution(
      await startCluster({ name: 'docs', command: serverCommand(), environment: UNHURRIED }),
    )
  }

  private constructor(cluster: Cluster) {
    this.#cluster = cluster
    this.#directory = mkdtempSync(path.join(tmpdir(), 'quorate-docs-'))
    // As in a checkout.
    symlinkSync(path.join(ROOT, 'bin'), path.join(this.#directory, 'bin'))
    const endpoints = cluster.urls.map((url) => new URL(url).host).join(',')
    this.#shell = new Shell(this.#directory, {
      PATH: `${path.join(ROOT, 'bin')}:${process.env['PATH']}`,
      QUORATE_ENDPOINTS: endpoints,
      URL: this.url,
      ETCDCTL_API: '3',
    })
  }

  /** Of a node of the cluster. */
  get url(): string {
    return this.#cluster.urls[0] ?? ''
  }

  /** Fails with what is not as the document says. */
  async run(block: Block): Promise<void> {
    const { meant } = block
    if (typeof meant === 'object') {
      if (!existsSync(path.join(ROOT, meant.shownBy))) throw new Error(`no file ${meant.shownBy}`)
      return
    }
    const text = await this.#here(block.text)
    if (block.language === 'ts') await this.#program(text, meant === 'fails')
    else if (meant === 'background') await this.#shell.begin(text)
    else if (block.language === 'sh') await this.#command(`(set -e\n${text}\n)`, meant === 'fails')
    else {
      for (const { command, prints } of commandsOf(text)) {
        const printed = await this.#command(command, meant === 'fails')
        if (prints !== null && !isAsShown(printed, prints)) {
          throw new Error(`${command}\nprints\n${printed}\nand not\n${prints}`)
        }
      }
    }
  }

  /** The addresses of this cluster instead of those in the document, and ports that are free. */
  async #here(text: string): Promise<string> {
    const own = [...text.matchAll(OWN_PORTS)].map(([, port = '']) => port)
    for (const port of new Set(own).difference(new Set(this.#ownPorts.keys()))) {
      const [free] = await freePorts(1)
      if (free === undefined) throw new Error('no port is free')
      this.#ownPorts.set(port, free)
    }
    return text
      .replace(OWN_PORTS, (_, port) => `127.0.0.1:${this.#ownPorts.get(port)}`)
      .replace(PORTS, (_, _host, number) => {
        const url = this.#cluster.urls[Number(number) - 1] as string
        return new URL(url).host
      })
  }

  async #command(command: string, fails: boolean): Promise<string> {
    const { status, text } = await this.#shell.run(command)
    if ((status !== 0) === fails) return text
    throw new Error(`${command}\nends with status ${status} and prints\n${text}`)
  }

  async #program(text: string, fails: boolean): Promise<void> {
    const file = path.join(this.#directory, 'program.ts')
    writeFileSync(file, text)
    const words = [process.execPath, '--import', FROM_SOURCE, file]
    await this.#command(words.map((word) => `'${word}'`).join(' '), fails)
  }

  async close(): Promise<void> {
    await this.#shell.close()
    await this.#cluster.stop()
    rmSync(this.#directory, { recursive: true, force: true })
  }
}
