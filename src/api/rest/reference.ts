/** The route table for people: docs/reference/rest.md. Its examples are run by a test. */

import { ERRORS, type ErrorCode, type ErrorSpec } from '../../base/index.ts'
import { COMMON_ERRORS } from './openapi.ts'
import { QUERY, type QueryName } from './query.ts'
import type { Parameter } from './query-kinds.ts'
import { GROUPS, HEADERS, type HeaderName, type Route, type RouteGroup } from './route.ts'
import { ROUTES } from './router.ts'
import { shapesText } from './shapes.ts'

const INTRODUCTION = `# REST

Plain HTTP on the port of the clients: raw bodies in, JSON out, on any node. Made from the table
of routes in \`src/api/rest\`; the same as a description for programs is
[openapi.json](openapi.json), and at \`/api\` of every node, to try. In the examples \`$URL\` is
the address of a node, such as \`http://127.0.0.1:8081\`; \`…\` stands for what differs.

**Keys** are any bytes of 1 to 1,024. In a path they are percent-encoded; a slash may stand as it
is. In a query a \`+\` is a space, as browsers write it. In JSON a text stands for its UTF-8; what
is no UTF-8 is base64, and a field beside it says so. **Values** are any bytes up to 1.5 MiB.
**Revisions** count the changes of the store; that of a key, when it was changed last, is its
\`ETag\`. **Leases** are named by hexadecimal digits, as \`etcdctl\` shows them.

**Any node answers**: one that does not lead passes writes on. Reads are linearizable: nothing
that was acknowledged before they began is missing, whoever wrote it through whatever node.

**Answers** of JSON are one line, but \`/openapi.json\`; that of \`/health\` is etcd's, without
an end of its line. \`OPTIONS\` of a path says in \`Allow\` which methods it has.

**Failures** are JSON with a code to decide by, a sentence, what to do, and whether the same
request may be sent again ([errors](errors.md)):

\`\`\`json
{"error":{"code":"KEY_NOT_FOUND","message":"there is no key \\"x\\"","advice":"…","retry":"never"}}
\`\`\`

Of a write that is answered with \`LEADERSHIP_LOST\` or \`TIMED_OUT\` nobody knows whether it
happened; with \`NO_LEADER\` nobody took it, and it did not. Send it with an \`Idempotency-Key\`,
and you may send it again until there is an answer: it happens once.

Every request may be answered with COMMON.

**Limits**: a body of JSON has at most 4 MiB and comes within 30 seconds; a batch has at most
1,024 operations, a transaction 128; a page has at most 10,000 entries and ends after about 4 MiB.
`

/** The same text every time. */
export function restReference(): string {
  const common = COMMON_ERRORS.map((code) => `\`${code}\``).join(', ')
  const groups = Object.keys(GROUPS) as RouteGroup[]
  const parts = [INTRODUCTION.replace('COMMON', common), ...groups.map(groupText), shapesText()]
  return parts.join('\n')
}

function groupText(group: RouteGroup): string {
  const routes = Object.values<Route>(ROUTES).filter((route) => route.group === group)
  return `## ${GROUPS[group]}\n\n${routes.map(routeText).join('\n')}`
}

function routeText(route: Route): string {
  const parts = [
    `### ${route.method} ${route.path}\n`,
    `${route.title}.${route.what === undefined ? '' : ` ${route.what}`}\n`,
    ...(route.isLocal === true ? ['Only for whoever asks from the machine of the node.\n'] : []),
    ...(route.pathWhat === undefined ? [] : [`${route.pathWhat}\n`]),
    ...(route.bodySchema === undefined ? [] : [`The body is a ${linkTo(route.bodySchema)}.\n`]),
    parameterTable(route.query ?? [], route.headers ?? []),
    `${answersText(route)}\n`,
    ...(route.examples ?? []).map(exampleText),
  ]
  return parts.filter((part) => part !== '').join('\n')
}

function parameterTable(query: readonly QueryName[], headers: readonly HeaderName[]): string {
  if (query.length + headers.length === 0) return ''
  const rows = [
    ...query.map((name) => [`\`?${name}\``, whatOf(QUERY[name])]),
    ...headers.map((name) => [`\`${name}\``, HEADERS[name]]),
  ]
  const lines = rows.map(([name, what]) => `| ${name} | ${what} |`)
  return `| Parameter | What it means |\n| --- | --- |\n${lines.join('\n')}\n`
}

function whatOf({ what, preset, min, max }: Parameter): string {
  const range = max === undefined ? '' : ` From ${min ?? 0} to ${max}.`
  return `${what}${range}${preset === undefined ? '' : ` Without it: ${preset}.`}`
}

function answersText({ answers, errors = [] }: Route): string {
  const good = answers.map(({ status, what, schema, type }) => {
    if (schema !== undefined) return `${status} (${linkTo(schema)}): ${what}`
    return `${status}${type === undefined ? '' : ` (\`${type}\`)`}: ${what}`
  })
  return [...good, ...errors.map(errorText)].map((line) => `- ${line}`).join('\n')
}

function errorText(code: ErrorCode): string {
  const { http, what }: ErrorSpec = ERRORS[code]
  return `${http} \`${code}\`: ${what}`
}

function exampleText({ what, curl, prints }: NonNullable<Route['examples']>[number]): string {
  const output = prints === '' ? '' : `\n${prints}`
  return `${what}:\n\n\`\`\`console\n$ curl -s ${curl}${output}\n\`\`\`\n`
}

/** To its table at the end. */
function linkTo(schema: string): string {
  return `[${schema}](#${schema.toLowerCase()})`
}
