/** The route table as OpenAPI 3.1 describes it. */

import { ERRORS, type ErrorCode, type ErrorSpec } from '../../base/index.ts'
import { QUERY, type QueryName } from './query.ts'
import type { Parameter } from './query-kinds.ts'
import { GROUPS, HEADERS, type Route, type RouteAnswer } from './route.ts'
import { ROUTES } from './router.ts'
import { SCHEMAS, type Schema } from './schemas.ts'

const VERSION = '1'

/** What any request may be answered with. */
export const COMMON_ERRORS: readonly ErrorCode[] = [
  ...(['PARAMETER_UNKNOWN', 'PARAMETER_INVALID', 'BAD_REQUEST'] as const),
  ...(['OVERLOADED', 'NO_LEADER', 'LEADERSHIP_LOST', 'TIMED_OUT', 'STOPPED'] as const),
]

/** The same text every time. */
export function openApiText(): string {
  return `${JSON.stringify(openApi(), null, 2)}\n`
}

function openApi() {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Quorate',
      version: VERSION,
      description:
        'Any node answers. Failures are JSON: `{"error":{"code","message","advice","retry"}}`; ' +
        'decide by the code.',
    },
    tags: Object.values(GROUPS).map((name) => ({ name })),
    paths: pathsOf(),
    components: { schemas: SCHEMAS },
  }
}

function pathsOf() {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const [id, route] of Object.entries<Route>(ROUTES)) {
    const path = paths[route.path] ?? {}
    path[route.method.toLowerCase()] = operationOf(id, route)
    paths[route.path] = path
  }
  return paths
}

function operationOf(id: string, route: Route) {
  return {
    operationId: id,
    summary: route.title,
    tags: [GROUPS[route.group]],
    ...(route.what !== undefined && { description: route.what }),
    parameters: parametersOf(route),
    ...bodyOf(route),
    responses: responsesOf(route),
  }
}

function parametersOf({ path, pathWhat, query = [], headers = [] }: Route): readonly unknown[] {
  const [, name] = /\{(\w+)\}/.exec(path) ?? []
  const schema = { type: 'string' }
  const inPath = { name, in: 'path', required: true, description: pathWhat, schema }
  return [
    ...(name === undefined ? [] : [inPath]),
    ...query.map((one) => queryParameter(one, QUERY[one])),
    ...headers.map((one) => ({ name: one, in: 'header', description: HEADERS[one], schema })),
  ]
}

function queryParameter(name: QueryName, parameter: Parameter) {
  const { what, example } = parameter
  return { name, in: 'query', description: what, schema: schemaOf(parameter), example }
}

function schemaOf({ kind, min, max, choices }: Parameter) {
  switch (kind) {
    case 'number':
      return { type: 'integer', minimum: min ?? 0, ...(max !== undefined && { maximum: max }) }
    case 'integer':
      return { type: 'integer', format: 'int64' }
    case 'flag':
      return { type: 'string', enum: ['', '1', '0', 'true', 'false'] }
    case 'choice':
      return { type: 'string', enum: choices }
    default:
      return { type: 'string' }
  }
}

function bodyOf({ body, bodySchema }: Route) {
  if (body === undefined) return {}
  const type = { bytes: 'application/octet-stream', json: 'application/json', text: 'text/plain' }
  const schema: Schema = bodySchema === undefined ? {} : refTo(bodySchema)
  return { requestBody: { required: true, content: { [type[body]]: { schema } } } }
}

function refTo(name: string): Schema {
  return { $ref: `#/components/schemas/${name}` }
}

interface Described {
  description: string
  content?: Record<string, unknown>
}

function responsesOf({ answers, errors = [], isElsewhere }: Route) {
  const responses: Record<string, Described> = {}
  for (const answer of answers) addAnswer(responses, answer)
  if (isElsewhere !== true)
    for (const code of [...errors, ...COMMON_ERRORS]) addError(responses, code)
  return responses
}

function addAnswer(responses: Record<string, Described>, answer: RouteAnswer): void {
  const { status, what, schema, type } = answer
  const described = responses[status] ?? { description: what }
  const isEmpty = schema === undefined && type === undefined
  if (!isEmpty) {
    const content = { schema: schema === undefined ? {} : refTo(schema) }
    described.content = { ...described.content, [type ?? 'application/json']: content }
  }
  responses[status] = described
}

/** Several codes may have one status. */
function addError(responses: Record<string, Described>, code: ErrorCode): void {
  const { http, what }: ErrorSpec = ERRORS[code]
  const text = `\`${code}\`: ${what}`
  const before = responses[http]
  responses[http] = {
    description: before === undefined ? text : `${before.description} ${text}`,
    content: { 'application/json': { schema: refTo('Error') } },
  }
}
