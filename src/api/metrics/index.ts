/**
 * metrics: what happens in the process, as text of Prometheus, under the names that etcd's
 * dashboards read.
 *
 * Invariant: counting costs whoever is counted an addition; everything else is done when somebody
 * asks. What cannot be known here is left out rather than invented.
 */
export { durationHistogram, Histogram, latencyHistogram, pauseHistogram } from './histogram.ts'
export { Scrape, type ScrapeParts } from './scrape.ts'
export type { MetricsReading, MetricsSource, PeerReading, ProcessReading } from './source.ts'
