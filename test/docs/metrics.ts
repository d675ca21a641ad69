/** Which metrics a document names, and whether a node has them. */

const NAMED = /\b(?:etcd|grpc|nodejs|process|quorate)_\w+/g
const OF_HISTOGRAM = /_(?:bucket|count|sum)$/
const TOLD = /^# TYPE (\S+) (\w+)$/gm

/** Those that are not in what `/metrics` says. */
export function unknownMetrics(document: string, metrics: string): string[] {
  const known = new Map([...metrics.matchAll(TOLD)].map(([, name = '', kind]) => [name, kind]))
  const isKnown = (name: string): boolean => {
    const whole = name.replace(OF_HISTOGRAM, '')
    return known.has(name) || (whole !== name && known.get(whole) === 'histogram')
  }
  return [...new Set(document.match(NAMED) ?? [])].filter((name) => !isKnown(name))
}
