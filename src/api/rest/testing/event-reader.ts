import assert from 'node:assert/strict'
import http from 'node:http'
import type { Address } from '../../../io/index.ts'
import { until } from '../../etcd/testing/index.ts'

/** A message of server-sent events, as a browser would tell it. */
export interface Message {
  readonly id: string
  readonly event: string
  readonly data: string
}

/** Reads a watch as a browser does (WHATWG HTML §9.2.6). */
export class EventReader {
  readonly messages: Message[] = []
  /** Of the last message, also of one without data. */
  lastId = ''
  comments = 0
  status = 0
  /** As the server calls what it sends. */
  type = ''
  isOver = false
  /** Everything that came. */
  text = ''
  #rest = ''
  readonly #request: http.ClientRequest
  #response: http.IncomingMessage | null = null

  constructor(address: Address, path: string, headers: http.OutgoingHttpHeaders = {}) {
    const { host, port } = address
    this.#request = http.request({ host, port, path, headers, agent: false })
    this.#request.on('error', () => this.#end())
    this.#request.on('response', (response) => {
      this.#response = response
      this.status = response.statusCode ?? 0
      this.type = response.headers['content-type'] ?? ''
      response.setEncoding('utf8')
      response.on('data', (piece: string) => this.#take(piece))
      response.on('error', () => this.#end())
      response.on('end', () => this.#end())
    })
    this.#request.end()
  }

  #end(): void {
    this.isOver = true
  }

  #take(piece: string): void {
    this.text += piece
    const blocks = (this.#rest + piece).split('\n\n')
    this.#rest = blocks.pop() ?? ''
    for (const block of blocks) this.#block(block)
  }

  #block(block: string): void {
    let [event, data] = ['message', '']
    for (const line of block.split('\n')) {
      const colon = line.indexOf(':')
      const [name, value] = [line.slice(0, colon), line.slice(colon + 1).trimStart()]
      if (colon === 0) this.comments += 1
      else if (name === 'id') this.lastId = value
      else if (name === 'event') event = value
      else if (name === 'data') data += value
    }
    if (data !== '') this.messages.push({ id: this.lastId, event, data })
  }

  /** `put a 7`, `delete b 7.1`: what happened to which key, with its id. */
  get told(): string[] {
    return this.messages.map(({ id, event, data }) => {
      const { entry, error } = JSON.parse(data)
      if (entry === undefined) return `${event} ${error.code}`
      assert.equal(JSON.parse(data).id, id)
      return `${event} ${entry.key} ${id}`
    })
  }

  async until(count: number): Promise<string[]> {
    await until(() => this.messages.length >= count || this.isOver)
    return this.told
  }

  /** The head, or the end, has come. */
  async open(): Promise<number> {
    await until(() => this.status > 0 || this.isOver)
    return this.status
  }

  /** Takes nothing any more, so that the other side has to wait. */
  pause(): void {
    this.#response?.pause()
  }

  resume(): void {
    this.#response?.resume()
  }

  close(): void {
    this.#request.destroy()
  }
}
