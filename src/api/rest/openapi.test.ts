import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { MachineNode } from '../etcd/testing/index.ts'
import { HttpClient, openDoors } from '../testing/index.ts'
import { openApiText, restReference } from './index.ts'
import { QUERY } from './query.ts'
import type { Route } from './route.ts'
import { ROUTES, Router } from './router.ts'

const api = JSON.parse(openApiText())
const routes = Object.entries<Route>(ROUTES)

function* refsIn(value: unknown): Generator<string> {
  if (typeof value !== 'object' || value === null) return
  for (const [name, inner] of Object.entries(value)) {
    if (name === '$ref') yield String(inner)
    else yield* refsIn(inner)
  }
}

describe('the description of the API', () => {
  it('has every route, each once, with everything it takes', () => {
    let operations = 0
    for (const [id, route] of routes) {
      const operation = api.paths[route.path]?.[route.method.toLowerCase()]
      assert.equal(operation?.operationId, id)
      const names = operation.parameters.map(({ name }: { name: string }) => name)
      const inPath = /\{(\w+)\}/.exec(route.path)?.slice(1) ?? []
      assert.deepEqual(names, [...inPath, ...(route.query ?? []), ...(route.headers ?? [])])
      assert.equal(operation.requestBody !== undefined, route.body !== undefined)
      assert.ok(Object.keys(operation.responses).length > 0)
    }
    for (const methods of Object.values<object>(api.paths))
      operations += Object.keys(methods).length
    assert.equal(operations, routes.length)
  })

  it('refers only to what is there', () => {
    const refs = new Set(refsIn(api))
    assert.ok(refs.size > 10)
    for (const ref of refs) {
      const [, name = ''] = /^#\/components\/schemas\/(\w+)$/.exec(ref) ?? []
      assert.ok(Object.hasOwn(api.components.schemas, name), ref)
    }
  })

  it('is what a node answers, and its page finds nothing elsewhere', async (context) => {
    const { address } = await openDoors(context, { node: new MachineNode() })
    const web = new HttpClient(context, address)
    assert.equal((await web.ask('/openapi.json')).text, openApiText())
    for (const path of ['/api', '/api/', '/api/v1']) {
      const { text, headers } = await web.ask(path)
      assert.match(headers['content-type'] ?? '', /^text\/html/)
      assert.match(String(headers['content-security-policy']), /^default-src 'none'/)
      assert.doesNotMatch(text, /(src|href)="(?!data:,|\/openapi\.json)/)
      assert.doesNotMatch(text, /https?:/)
    }
  })
})

describe('the table of routes', () => {
  const router = new Router()

  it('finds each of its routes by an example of its path', () => {
    for (const [id, route] of routes) {
      if (route.isElsewhere === true) continue
      const path = route.path.replace(/\{\w+\}/, 'part')
      const found = router.find(route.method, path)
      assert.equal(found.kind === 'found' && found.id, id)
      if (route.method !== 'GET') continue
      const head = router.find('HEAD', path)
      assert.equal(head.kind === 'found' && head.id, id)
    }
  })

  it('uses every parameter somewhere, and shows each route by an example', () => {
    const used = new Set(routes.flatMap(([, { query = [] }]) => query))
    assert.deepEqual([...used].sort(), Object.keys(QUERY).sort())
    const without = routes.filter(([, { examples = [] }]) => examples.length === 0)
    assert.deepEqual(
      without.map(([id]) => id),
      ['clusterMembers'],
    )
  })
})

describe('the reference for people', () => {
  it('has a part for every route', () => {
    const text = restReference()
    for (const [, { method, path }] of routes) assert.ok(text.includes(`### ${method} ${path}\n`))
  })
})
