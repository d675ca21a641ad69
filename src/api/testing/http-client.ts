import http from 'node:http'
import type { Address } from '../../io/index.ts'

export interface HttpAnswer {
  readonly status: number
  readonly headers: http.IncomingHttpHeaders
  readonly text: string
}

interface Request {
  readonly method?: string
  readonly headers?: http.OutgoingHttpHeaders
  readonly body?: string | Uint8Array
}

/** Keeps its connections from one request to the next. */
export class HttpClient {
  readonly #address: Address
  readonly #agent = new http.Agent({ keepAlive: true })

  constructor(context: { after(work: () => void): void }, address: Address) {
    this.#address = address
    context.after(() => this.#agent.destroy())
  }

  ask(path: string, { method = 'GET', headers = {}, body }: Request = {}): Promise<HttpAnswer> {
    const { host, port } = this.#address
    return new Promise((resolve, reject) => {
      const options = { host, port, path, method, headers, agent: this.#agent }
      const request = http.request(options, (response) => {
        const pieces: Buffer[] = []
        response.on('data', (piece) => pieces.push(piece))
        response.on('error', reject)
        response.on('end', () => {
          const text = Buffer.concat(pieces).toString()
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text })
        })
      })
      request.on('error', reject)
      request.end(body)
    })
  }

  post(path: string, body: string | Uint8Array | object): Promise<HttpAnswer> {
    const isRaw = typeof body === 'string' || body instanceof Uint8Array
    return this.ask(path, { method: 'POST', body: isRaw ? body : JSON.stringify(body) })
  }

  /** A request that is under way: what comes of the answer is told line by line. */
  stream(path: string, onLine: (line: string) => void): http.ClientRequest {
    const { host, port } = this.#address
    const request = http.request({ host, port, path, method: 'POST', agent: this.#agent })
    request.on('response', (response) => {
      let text = ''
      response.on('data', (piece) => {
        text += piece
        const lines = text.split('\n')
        text = lines.pop() ?? ''
        for (const line of lines) onLine(line)
      })
      response.on('end', () => onLine('(end)'))
      response.on('error', () => onLine('(cut off)'))
    })
    request.on('error', () => {})
    return request
  }
}
