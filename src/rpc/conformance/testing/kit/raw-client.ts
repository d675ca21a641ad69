import assert from 'node:assert/strict'
import net from 'node:net'
import type { Address } from '../../../../io/index.ts'
import type { Target } from '../target.ts'
import {
  data,
  type ErrorName,
  FRAME_SIZE_INITIAL,
  headers,
  PREFACE,
  type Setting,
  settings,
  windowUpdate,
} from './frames.ts'
import { block, type Field } from './hpack-writer.ts'
import { Peer } from './peer.ts'

/** A complete answer of the server. */
export interface Answer {
  readonly status: string
  readonly fields: readonly Field[]
  readonly body: Buffer
  /** Payload lengths of the DATA frames, as they arrived. */
  readonly sizes: readonly number[]
  readonly trailers: readonly Field[]
}

/** Names that a request has of itself; a replacement of null leaves the field out. */
export type Replacements = Readonly<Record<string, string | null>>

/** The octets of one gRPC message: not compressed, of that length. */
export function message(length: number): Buffer {
  const bytes = Buffer.alloc(5 + length)
  bytes.writeUInt32BE(length, 1)
  for (let at = 0; at < length; at += 1) bytes[5 + at] = 97 + (at % 26)
  return bytes
}

/** We play the client, on a socket of our own, against the server under test. */
export class RawClient extends Peer {
  readonly target: Target

  private constructor(socket: net.Socket, target: Target) {
    super(socket, 'server')
    this.target = target
  }

  /** Connected, and nothing sent yet. */
  static async connect(target: Target): Promise<RawClient> {
    const socket = await dial(target.address)
    return new RawClient(socket, target)
  }

  /** A whole unary call, as fast as the windows allow. */
  async sendRequest(stream: number, body: Buffer): Promise<void> {
    this.send(this.opening(stream))
    await this.sendInWindow(stream, inFrames(stream, body, FRAME_SIZE_INITIAL))
  }

  /** Another connection to the same server, after the handshake. */
  async another(...values: readonly Setting[]): Promise<RawClient> {
    const peer = await RawClient.connect(this.target)
    await peer.handshake(...values)
    return peer
  }

  /** Prefaces and acknowledgements in both directions (RFC 9113 §3.4). */
  async handshake(...values: readonly Setting[]): Promise<void> {
    this.send(PREFACE, settings(...values))
    await this.find('settings', ({ ack }) => !ack)
    await this.find('settings', ({ ack }) => ack)
  }

  /** Changes our settings, and waits until the server has taken them. */
  async change(...values: readonly Setting[]): Promise<void> {
    this.send(settings(...values))
    await this.find('settings', ({ ack }) => ack)
  }

  /** The fields of a unary call, with some replaced, and others behind them. */
  fields(replaced: Replacements = {}, ...extra: readonly Field[]): Field[] {
    const { address, paths } = this.target
    const usual: Field[] = [
      [':method', 'POST'],
      [':scheme', 'http'],
      [':path', paths.unary],
      [':authority', `${address.host}:${address.port}`],
      ['te', 'trailers'],
      ['content-type', 'application/grpc'],
    ]
    const fields = usual.flatMap(([name, value]): Field[] => {
      const replacement = replaced[name]
      if (replacement === null) return []
      return [[name, replacement ?? value]]
    })
    return [...fields, ...extra]
  }

  block(replaced: Replacements = {}, ...extra: readonly Field[]): Buffer {
    return block(this.fields(replaced, ...extra))
  }

  /** A block of a trailer section. */
  trailers(...fields: readonly Field[]): Buffer {
    return block(fields)
  }

  /** A whole unary call in two frames. */
  request(stream: number, body: Buffer = message(4), ...extra: readonly Field[]): Buffer {
    return Buffer.concat([
      headers(stream, this.block({}, ...extra)),
      ...inFrames(stream, body, FRAME_SIZE_INITIAL),
    ])
  }

  /** HEADERS that open a stream and leave it open. */
  opening(stream: number, ...extra: readonly Field[]): Buffer {
    return headers(stream, this.block({}, ...extra))
  }

  /** Fails unless the stream is answered, in full and with that message. */
  async expectEcho(stream: number, body: Buffer = message(4)): Promise<Answer> {
    const answer = await this.expectAnswer(stream)
    assert.equal(answer.status, '200')
    const status = [...answer.fields, ...answer.trailers].find(([name]) => name === 'grpc-status')
    assert.deepEqual(status, ['grpc-status', '0'])
    assert.ok(answer.body.equals(body), `${answer.body.length} octets instead of ${body.length}`)
    return answer
  }

  /** The stream is answered, or the connection ended with one of these codes. */
  async expectEchoOrError(stream: number, codes: readonly ErrorName[]): Promise<void> {
    for (;;) {
      const item = await this.next(`the answer on stream ${stream}`)
      if (item.kind === 'goaway') {
        if (!codes.some((code) => code === item.code)) this.fail(`GOAWAY carries ${item.code}`)
        return this.expectClosed()
      }
      if (item.kind === 'closed') this.fail(`wanted an answer on stream ${stream}`)
      if (!('stream' in item) || item.stream !== stream) continue
      if (item.kind === 'reset') this.fail(`wanted an answer on stream ${stream}`)
      if (item.kind === 'headers' && item.end) return
    }
  }

  /** Any complete answer. Our windows are opened again for what has arrived. */
  async expectAnswer(stream: number): Promise<Answer> {
    let fields: readonly Field[] | null = null
    const chunks: Buffer[] = []
    const sizes: number[] = []
    for (;;) {
      const item = await this.next(`the answer on stream ${stream}`)
      if (item.kind === 'closed' || (item.kind === 'goaway' && item.code !== 'NO_ERROR')) {
        this.fail(`wanted an answer on stream ${stream}`)
      }
      if (!('stream' in item) || item.stream !== stream) continue
      if (item.kind === 'reset') this.fail(`wanted an answer on stream ${stream}`)
      if (item.kind === 'data') {
        chunks.push(item.bytes)
        sizes.push(item.size)
        if (item.size > 0) this.send(windowUpdate(0, item.size))
        if (item.size > 0 && !item.end) this.send(windowUpdate(stream, item.size))
      }
      const isHeaders = item.kind === 'headers'
      if (isHeaders && fields === null && statusOf(item.fields).startsWith('1')) continue
      const trailers = isHeaders && fields !== null ? item.fields : []
      if (isHeaders && fields === null) fields = item.fields
      if ((isHeaders || item.kind === 'data') && item.end && fields !== null) {
        const body = Buffer.concat(chunks)
        return { status: statusOf(fields), fields, body, sizes, trailers }
      }
    }
  }

  /**
   * A malformed request (RFC 9113 §8.1.1): a stream error of type PROTOCOL_ERROR, before which the
   * server may answer, with 400 (§8.2.1). A stream whose answer is complete is closed and needs no
   * RST_STREAM. Any other status would be an answer to what the request asks for.
   */
  async expectMalformed(stream: number): Promise<void> {
    for (;;) {
      const item = await this.next(`an error on stream ${stream}`)
      if (item.kind === 'goaway') {
        assert.equal(item.code, 'PROTOCOL_ERROR')
        return this.expectClosed()
      }
      if (item.kind === 'closed') this.fail(`wanted an error on stream ${stream}`)
      if (!('stream' in item) || item.stream !== stream) continue
      if (item.kind === 'reset') return assert.equal(item.code, 'PROTOCOL_ERROR')
      if (item.kind === 'headers') {
        if (statusOf(item.fields) !== '400') this.fail('a malformed request was answered')
        if (item.end) return
      }
      if (item.kind === 'data' && item.end) return
    }
  }

  /** The server answers on this connection. */
  async expectService(stream: number): Promise<void> {
    this.send(this.request(stream))
    await this.expectEcho(stream)
  }
}

/** A body in DATA frames of at most that size, the last of which ends the stream. */
export function inFrames(stream: number, body: Buffer, size: number): Buffer[] {
  const frames: Buffer[] = []
  for (let at = 0; at < body.length; at += size) {
    const end = at + size >= body.length
    frames.push(data(stream, body.subarray(at, at + size), { end }))
  }
  return frames
}

export function statusOf(fields: readonly Field[]): string {
  return fields.find(([name]) => name === ':status')?.[1] ?? ''
}

function dial({ host, port }: Address): Promise<net.Socket> {
  const socket = net.connect({ host, port, allowHalfOpen: true, noDelay: true })
  return new Promise((resolve, reject) => {
    socket.once('error', reject)
    socket.once('connect', () => {
      socket.off('error', reject)
      resolve(socket)
    })
  })
}
