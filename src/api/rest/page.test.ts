import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { MachineNode } from '../etcd/testing/index.ts'
import { openApiText } from './index.ts'
import { PAGE } from './page.ts'
import { ROUTES } from './router.ts'
import { openRest } from './testing/index.ts'

/** As much of an element as the page uses. */
class Element {
  readonly tag: string
  readonly children: (Element | string)[] = []
  readonly listeners: Record<string, () => void> = {}
  name = ''
  value = ''
  textContent = ''
  onclick: (() => Promise<void>) | null = null

  constructor(tag: string) {
    this.tag = tag
  }

  append(...children: readonly (Element | string)[]): void {
    this.children.push(...children)
  }

  addEventListener(name: string, listener: () => void): void {
    this.listeners[name] = listener
  }

  all(tag: string): Element[] {
    return this.children.flatMap((child) => {
      if (typeof child === 'string') return []
      return child.tag === tag ? [child] : child.all(tag)
    })
  }
}

interface Sent {
  readonly target: string
  readonly method: string
  readonly body?: string
  readonly headers: Readonly<Record<string, string>>
}

/** Runs the program of the page in a window that is not there. */
async function openPage() {
  const main = new Element('main')
  const sent: Sent[] = []
  const document = {
    createElement: (tag: string) => new Element(tag),
    querySelector: () => main,
  }
  async function* pieces() {
    yield new TextEncoder().encode('the answer')
  }
  const fetch = async (target: string, options?: Omit<Sent, 'target'>) => {
    if (options === undefined) return { json: async () => JSON.parse(openApiText()) }
    sent.push({ target, ...options })
    const type = target.endsWith('/nodes') ? 'application/json' : 'text/plain'
    const headers = new Headers({ etag: '"7"', 'content-type': type })
    const text = async (): Promise<string> => '{"nodes":[]}'
    return { status: 200, statusText: 'OK', headers, body: pieces(), text }
  }
  const [, program = ''] = /<script type="module">([\s\S]*)<\/script>/.exec(PAGE) ?? []
  type Program = (...parts: readonly unknown[]) => Promise<void>
  const AsyncFunction = (async () => {}).constructor as new (...words: string[]) => Program
  await new AsyncFunction('document', 'fetch', program)(document, fetch)
  return { main, sent }
}

/** Opens the part of a route, fills in its form, and sends it. */
async function send(main: Element, title: string, values: Readonly<Record<string, string>>) {
  const part = main
    .all('details')
    .find((one) => one.all('summary')[0]?.children.includes(` ${title}`))
  assert.ok(part !== undefined, title)
  part.listeners['toggle']?.()
  for (const input of [...part.all('input'), ...part.all('textarea')]) {
    input.value = values[input.name] ?? input.value
  }
  await part.all('button')[0]?.onclick?.()
  return part.all('pre')[0]?.children.join('') ?? ''
}

describe('the page', () => {
  it('is where browsers are sent that have only the address of a node', async (context) => {
    const { ask } = await openRest(context, { node: new MachineNode() })
    const browser = { headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' } }
    for (const path of ['/', '/docs', '/docs/']) {
      const { status, headers } = await ask('GET', path, browser)
      assert.deepEqual([status, headers.location], [302, '/api'], path)
      const program = await ask('GET', path, { headers: { accept: '*/*' } })
      assert.deepEqual([program.status, program.json.error.code], [404, 'ROUTE_UNKNOWN'])
      for (const place of ['/api/v1', '/openapi.json', '/v3']) {
        assert.ok(program.text.includes(place), program.text)
      }
    }
    const others = [await ask('POST', '/', browser), await ask('GET', '/other', browser)]
    assert.deepEqual(
      others.map(({ status }) => status),
      [404, 404],
    )
  })

  it('lists every route without its script', () => {
    const [, main = ''] = /<main>([\s\S]*)<\/main>/.exec(PAGE) ?? []
    for (const { method, path, title } of Object.values(ROUTES)) {
      const line = `>${method}</span> <code>${path}</code> ${title}</li>`
      assert.ok(main.includes(line), line)
    }
  })

  it('has a part for every route', async () => {
    const { main } = await openPage()
    assert.equal(main.all('details').length, Object.keys(ROUTES).length)
  })

  it('shows as code what is code, and what has to be filled in', async () => {
    const { main } = await openPage()
    await send(main, ROUTES.putKey.title, { key: 'a' })
    const [part] = main.all('details')
    const shown = part?.all('label').map((label) => label.all('code')[0]?.textContent)
    assert.deepEqual(shown?.slice(0, 2), ['key *', 'ttl'])
    const [ttl] = part?.all('small').slice(1) ?? []
    assert.deepEqual(
      ttl?.all('code').map(({ textContent }) => textContent),
      ['500ms', '1.5s', '2m', '1h30m', '1d'],
    )
  })

  it('sends what its forms say, and shows what is answered', async () => {
    const { main, sent } = await openPage()
    const values = { key: 'a/b ?', ttl: '1.5s', 'If-None-Match': '*' }
    const shown = await send(main, ROUTES.putKey.title, values)
    const type = { 'content-type': 'application/octet-stream' }
    const { method, target, headers, body } = sent[0] ?? assert.fail()
    assert.deepEqual([method, target, body], ['PUT', '/api/v1/kv/a%2Fb%20%3F?ttl=1.5s', ''])
    assert.deepEqual(headers, { 'If-None-Match': '*', ...type })
    assert.match(shown, /200 OK\netag: "7"\nthe answer/)
    await send(main, ROUTES.listKeys.title, { prefix: 'a+b', count: '1' })
    assert.equal(sent[1]?.target, '/api/v1/kv?prefix=a%2Bb&count=1')
    await send(main, ROUTES.batch.title, {})
    assert.deepEqual(Object.keys(JSON.parse(sent[2]?.body ?? '')), ['operations'])
    await send(main, ROUTES.getLease.title, { id: 'ff', keys: '1' })
    assert.equal(sent[3]?.target, '/api/v1/leases/ff?keys=1')
    assert.match(await send(main, ROUTES.clusterNodes.title, {}), /\{\n {2}"nodes": \[\]\n\}$/)
  })
})
