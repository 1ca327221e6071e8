/** A small S3 on this machine: it keeps objects, checks every signature (AWS Signature Version 4), and can be told to fail. */
import { createHash, createHmac } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { BucketSettings } from '../../src/jobs/file-store.ts'

const [access_key_id, secret_access_key, region] = ['AKIAVIETA', 'a secret of the bucket', 'eu-north-1']
const hashed = (content: Buffer | string) => createHash('sha256').update(content).digest('hex')
const keyed = (key: Buffer | string, text: string) => createHmac('sha256', key).update(text).digest()

/** What is wrong with a request, as S3 names it; null where it is rightly signed. */
function wrongWith(request: IncomingMessage, body: Buffer): string | null {
  const { method = '', url = '', headers } = request
  const [, credential = '', names = '', signature = ''] =
    /Credential=([^,]+), SignedHeaders=([^,]+), Signature=(\w+)/.exec(headers.authorization ?? '') ?? []
  const [key, day = '', ...scope] = credential.split('/')
  if (key !== access_key_id) return 'InvalidAccessKeyId'
  const payload = String(headers['x-amz-content-sha256'])
  if (payload !== 'UNSIGNED-PAYLOAD' && payload !== hashed(body)) return 'XAmzContentSHA256Mismatch'
  const canonical = names
    .split(';')
    .map((name) => `${name}:${String(headers[name]).trim()}\n`)
    .join('')
  const asked = [method, url, '', canonical, names, payload].join('\n')
  const toSign = ['AWS4-HMAC-SHA256', headers['x-amz-date'], [day, ...scope].join('/'), hashed(asked)].join('\n')
  const signing = [day, ...scope].reduce<Buffer | string>((by, part) => keyed(by, part), `AWS4${secret_access_key}`)
  return keyed(signing, toSign).toString('hex') === signature && scope[0] === region ? null : 'SignatureDoesNotMatch'
}

export interface TestBucket {
  settings: BucketSettings
  objects: Map<string, Buffer>
  /** `PUT /files/messages/…`, in order */
  asked: string[]
  /** answers everything with this status */
  fails: number | null
  close(): Promise<void>
}

export async function startBucket(): Promise<TestBucket> {
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part as Buffer)
    const body = Buffer.concat(parts)
    const { method, url = '' } = request
    made.asked.push(`${method} ${url}`)
    const answer = (status: number, content: Buffer | string = '') => response.writeHead(status).end(content)
    if (made.fails !== null) return answer(made.fails, '<Error><Code>SlowDown</Code></Error>')
    const wrong = wrongWith(request, body)
    if (wrong !== null) return answer(403, `<Error><Code>${wrong}</Code></Error>`)
    const there = made.objects.get(url)
    if (method === 'PUT') made.objects.set(url, body)
    else if (there === undefined) return answer(404, '<Error><Code>NoSuchKey</Code></Error>')
    if (method === 'DELETE') made.objects.delete(url)
    return answer(method === 'DELETE' ? 204 : 200, method === 'GET' ? there : '')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const made: TestBucket = {
    settings: { url: `http://127.0.0.1:${port}/files/`, region, access_key_id, secret_access_key },
    objects: new Map(),
    asked: [],
    fails: null,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return made
}
