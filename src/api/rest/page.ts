/**
 * The page at `/api`: lists the routes, and, where scripts run, reads /openapi.json of its own
 * server and lets one try them. It needs nothing else, from nobody.
 */

import { GROUPS, type Route } from './route.ts'
import { ROUTES } from './router.ts'

const STYLE = `
:root{color-scheme:light dark;--line:#8884;--soft:#8882;--accent:#2b6cb0}
@media (prefers-color-scheme:dark){:root{--accent:#63b3ed}}
body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:0 auto;padding:1rem}
li{list-style:none}
h1{font-size:1.5rem}h2{font-size:1.1rem;border-bottom:1px solid var(--line);margin-top:2rem}
details{border:1px solid var(--line);border-radius:6px;margin:.4rem 0;padding:.3rem .7rem}
summary{cursor:pointer}
code,pre,input,textarea{font:13px/1.4 ui-monospace,monospace}
pre{background:var(--soft);padding:.6rem;border-radius:6px;white-space:pre-wrap;
word-break:break-all;max-height:24rem;overflow:auto}
.method{display:inline-block;min-width:4.2rem;font-weight:600;color:var(--accent)}
label{display:grid;grid-template-columns:11rem 1fr;gap:.15rem .6rem;align-items:start}
label{margin:.5rem 0}
label small{grid-column:2;opacity:.75}
input,textarea{width:100%;box-sizing:border-box;padding:.25rem .4rem}
button{padding:.3rem .9rem;margin:.3rem .4rem .3rem 0}
small code{font-size:inherit}
@media (max-width:40rem){label{grid-template-columns:1fr}label small{grid-column:1}}
`

const SCRIPT = `
const make = (tag, properties = {}, ...inner) => {
  const made = Object.assign(document.createElement(tag), properties)
  made.append(...inner)
  return made
}
// What stands between backticks is code.
const prose = (text) => text.split('\\x60').map((part, at) =>
  at % 2 === 1 ? make('code', { textContent: part }) : part)
// Longer answers stay as they came.
const prettyLength = 100000
const pretty = (text) => {
  try {
    return text.length > prettyLength ? text : JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}
const bodyTemplates = {
  batch: '{"operations":[{"op":"put","key":"a","value":"1"}]}',
  putLogLevel: '{"level":"debug"}',
  transaction: '{"if":[{"key":"a","exists":true}],"then":[{"op":"get","key":"a"}],"else":[]}',
}
function form(path, method, operation) {
  const fields = []
  const inputs = operation.parameters.map((parameter) => {
    const input = make('input', { name: parameter.name, placeholder: parameter.example ?? '' })
    fields.push([parameter, input])
    input.onkeydown = ({ key }) => { if (key === 'Enter') void run() }
    const name = parameter.name + (parameter.required === true ? ' *' : '')
    return make('label', {}, make('code', { textContent: name }), input,
      make('small', {}, ...prose(parameter.description ?? '')))
  })
  const body = operation.requestBody === undefined ? null
    : make('textarea', { rows: 4, value: bodyTemplates[operation.operationId] ?? '' })
  const answer = make('pre', { hidden: true })
  let stop = null
  const end = make('button', { textContent: 'End', hidden: true, onclick: () => stop?.abort() })
  const run = async () => {
    stop?.abort()
    const own = new AbortController()
    stop = own
    let target = path
    const query = new URLSearchParams()
    const headers = {}
    for (const [parameter, { value }] of fields) {
      if (parameter.in === 'path') target = target.replace(/\\{\\w+\\}/, encodeURIComponent(value))
      else if (value === '') continue
      else if (parameter.in === 'query') query.set(parameter.name, value)
      else headers[parameter.name] = value
    }
    const text = query.toString()
    if (text !== '') target += '?' + text
    if (body !== null) headers['content-type'] = Object.keys(operation.requestBody.content)[0]
    answer.hidden = false
    end.hidden = false
    answer.textContent = method.toUpperCase() + ' ' + target + '\\n'
    try {
      const told = await fetch(target, {
        method: method.toUpperCase(), headers, signal: own.signal,
        ...(body === null ? {} : { body: body.value }),
      })
      answer.append(told.status + ' ' + told.statusText + '\\n')
      for (const name of ['etag', 'quorate-revision', 'quorate-store-revision', 'allow']) {
        if (told.headers.has(name)) answer.append(name + ': ' + told.headers.get(name) + '\\n')
      }
      if (told.headers.get('content-type') === 'application/json') {
        answer.append(pretty(await told.text()))
        return
      }
      const decoder = new TextDecoder()
      for await (const piece of told.body) answer.append(decoder.decode(piece, { stream: true }))
    } catch (error) {
      // Another one has begun, which has the place of this one.
      if (stop !== own) return
      answer.append(error.name === 'AbortError' ? '\\n(ended)' : String(error))
    } finally {
      if (stop === own) end.hidden = true
    }
  }
  return make('div', {},
    make('p', {}, ...prose(operation.description ?? '')), ...inputs,
    ...(body === null ? [] : [make('label', {}, make('code', { textContent: 'body' }), body)]),
    make('button', { textContent: 'Send', onclick: run }), end, answer)
}
const main = document.querySelector('main')
const api = await (await fetch('/openapi.json')).json()
// What stands there is for those who run no scripts.
main.textContent = ''
for (const { name } of api.tags) {
  main.append(make('h2', { textContent: name }))
  for (const [path, methods] of Object.entries(api.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      if (operation.tags[0] !== name) continue
      const head = make('summary', {}, make('span', { className: 'method',
        textContent: method.toUpperCase() }), make('code', { textContent: path }),
        ' ' + operation.summary)
      const details = make('details', {}, head)
      details.addEventListener('toggle', () => details.append(form(path, method, operation)),
        { once: true })
      main.append(details)
    }
  }
}
`

/** Nothing is loaded from elsewhere, and nothing is told elsewhere. */
export const PAGE_POLICY =
  "default-src 'none'; connect-src 'self'; img-src data:; style-src 'unsafe-inline'; " +
  "script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/** What the page shows without its script. */
function listing(): string {
  const routes: readonly Route[] = Object.values(ROUTES)
  return Object.entries(GROUPS)
    .map(([id, name]) => {
      const items = routes.filter(({ group }) => group === id).map(item)
      return `<h2>${name}</h2>\n<ul>\n${items.join('\n')}\n</ul>`
    })
    .join('\n')
}

function item({ method, path, title }: Route): string {
  return `<li><span class="method">${method}</span> <code>${path}</code> ${title}</li>`
}

export const PAGE = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Quorate</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<style>${STYLE}</style></head>
<body><h1>Quorate</h1>
<p>All that this node answers over HTTP, from <a href="/openapi.json">/openapi.json</a>.
What you send here happens. Type keys as they are: the page encodes them.</p><main>
${listing()}
</main><script type="module">${SCRIPT}</script></body></html>
`
