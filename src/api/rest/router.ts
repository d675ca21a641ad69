/** Finds the route of a request. Everything it knows comes from the table. */

import type { Route } from './route.ts'
import { KEY_ROUTES } from './routes-keys.ts'
import { OTHER_ROUTES } from './routes-other.ts'
import { suggestion } from './suggestion.ts'

export const ROUTES = { ...KEY_ROUTES, ...OTHER_ROUTES } as const

export type RouteId = keyof typeof ROUTES

export interface FoundRoute {
  readonly id: RouteId
  readonly route: Route
  /** The part of the path that the braces stand for, as it came; empty when there are none. */
  readonly part: string
}

export type Finding =
  | ({ readonly kind: 'found' } & FoundRoute)
  /** There is something at the path, for these methods. */
  | { readonly kind: 'otherMethods'; readonly methods: readonly string[] }
  /** `hint`: what may have been meant, for the end of a sentence. */
  | { readonly kind: 'unknown'; readonly hint: string }

interface Template {
  readonly id: RouteId
  readonly route: Route
  readonly before: string
  readonly after: string
  /** A key may have slashes in it, an id has none. */
  readonly takesSlashes: boolean
}

const OWN = Object.entries<Route>(ROUTES).filter(([, route]) => route.isElsewhere !== true)

/** `/v2/keys` is what etcd had once; `/v1/kv` is Consul's. */
const OTHER_PREFIX = /^(?:\/api)?(?:\/v\d)?(?=\/)/
const OTHER_KEYS = /^\/keys(?=\/)/
/** What is much longer than that was not typed. */
const MEANT_LENGTH_MAX = 200

/** Where a browser ends up that is told of a page. */
const PAGE_PATHS: readonly string[] = ['/api/', '/api/v1', '/api/v1/']

export class Router {
  readonly #byPath = new Map<string, Map<string, Route & { readonly id: RouteId }>>()
  readonly #templates: Template[] = []

  constructor() {
    for (const [name, route] of OWN) {
      const id = name as RouteId
      const brace = route.path.indexOf('{')
      if (brace < 0) this.#add(id, route, route.path)
      else {
        const end = route.path.indexOf('}')
        const takesSlashes = route.path.slice(brace, end + 1) === '{key}'
        const [before, after] = [route.path.slice(0, brace), route.path.slice(end + 1)]
        this.#templates.push({ id, route, before, after, takesSlashes })
      }
    }
    for (const path of PAGE_PATHS) this.#add('page', ROUTES.page, path)
  }

  #add(id: RouteId, route: Route, path: string): void {
    const methods = this.#byPath.get(path) ?? new Map()
    methods.set(route.method, { ...route, id })
    this.#byPath.set(path, methods)
  }

  find(method: string, path: string): Finding {
    const wanted = method === 'HEAD' ? 'GET' : method
    for (const template of this.#templates) {
      if (template.route.method !== wanted) continue
      const part = partOf(template, path)
      if (part !== null) return { kind: 'found', id: template.id, route: template.route, part }
    }
    const exact = this.#byPath.get(path)
    const found = exact?.get(wanted)
    if (found !== undefined) return { kind: 'found', id: found.id, route: found, part: '' }
    return this.#notFound(path, exact?.keys() ?? [])
  }

  #notFound(path: string, others: Iterable<string>): Finding {
    const templates = this.#templates.filter((template) => partOf(template, path) !== null)
    const methods = [...others, ...templates.map(({ route }) => route.method)]
    if (methods.length > 0) return { kind: 'otherMethods', methods: allowedOf(methods) }
    return { kind: 'unknown', hint: this.hintFor(path) }
  }

  /** What may be meant: often it has the prefix of another version, of another store, or none. */
  hintFor(path: string): string {
    const rest = path.replace(OTHER_PREFIX, '').replace(OTHER_KEYS, '/kv')
    const meant = [`/api/v1${rest}`, `/api/v1/cluster${rest}`].find((one) => this.#isThere(one))
    if (meant !== undefined && path.length <= MEANT_LENGTH_MAX) return `; did you mean ${meant}?`
    const paths = Object.values(ROUTES).map((route) => route.path)
    return suggestion(path, paths) ?? ''
  }

  #isThere(path: string): boolean {
    return this.#byPath.has(path) || this.#templates.some((one) => partOf(one, path) !== null)
  }

  /** Null: there is nothing at the path. */
  methodsAt(path: string): readonly string[] | null {
    const finding = this.find('OPTIONS', path)
    return finding.kind === 'otherMethods' ? finding.methods : null
  }
}

function partOf({ before, after, takesSlashes }: Template, path: string): string | null {
  if (!path.startsWith(before) || !path.endsWith(after)) return null
  const end = path.length - after.length
  if (end < before.length) return null
  const part = path.slice(before.length, end)
  return takesSlashes || !part.includes('/') ? part : null
}

function allowedOf(methods: readonly string[]): readonly string[] {
  const all = new Set(methods)
  if (all.has('GET')) all.add('HEAD')
  return [...all, 'OPTIONS'].sort()
}
