/** Whether etcd would take these as addresses of a member (`types.NewURLs`). */

/** `host:port` with nothing behind it; a host with colons stands in brackets. */
const HTTP = /^https?:\/\/(?:[^/?#]*@)?(\[[^\][/?#]*\]|[^:/?#[\]]*):[0-9]*(?:[?#].*)?$/
const UNIX = /^unixs?:\/\//

export function arePeerUrls(urls: readonly string[]): boolean {
  return urls.length > 0 && urls.every((url) => HTTP.test(url.trim()) || UNIX.test(url.trim()))
}
