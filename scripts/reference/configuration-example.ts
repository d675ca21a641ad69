/** The example of the reference; a test reads it as a node would. */
export const CONFIGURATION_EXAMPLE = `name: m1
data:
  directory: /var/lib/quorate
client:
  listen: [http://0.0.0.0:2379, https://0.0.0.0:2379]
  advertise: https://db1.example:2379
  tls:
    certificate: /etc/quorate/client.crt
    key: /etc/quorate/client.key
peer:
  listen: http://0.0.0.0:2380
cluster:
  token: production
  members:
    m1: http://db1.example:2380
    m2: http://db2.example:2380
    m3: http://db3.example:2380
compaction:
  mode: periodic
  retention: 1h
`
