/** A place outside the database for the bytes of files: a bucket of S3 or of what speaks like it. Fetch alone, so Node and Workers alike. */
import { AwsClient } from 'aws4fetch'

export interface BucketSettings {
  /** `https://s3.eu-north-1.amazonaws.com/vieta-files`: the bucket, perhaps with a folder in it */
  url: string
  region: string
  access_key_id: string
  secret_access_key: string
}

export interface FileStore {
  /** @throws FileStoreFailed */
  put(key: string, content: Uint8Array, facts: { content_type: string; hash: string }): Promise<void>
  /** @param most bytes: more than that is not read @throws FileStoreFailed, also for what is not there */
  get(key: string, most: number): Promise<Uint8Array>
  /** Of what is not there as well. @throws FileStoreFailed */
  remove(key: string): Promise<void>
}

/** The bucket did not do what was asked. Its words are for the operator: no key is in them. */
export class FileStoreFailed extends Error {}

const longestWait = 20_000

/**
 * The address is the operator's own setting, so a private one may be asked, unlike those that people enter.
 * Redirects are not followed: a signature is good for one address.
 */
export function bucket({ url, region, access_key_id, secret_access_key }: BucketSettings): FileStore {
  const client = new AwsClient({
    accessKeyId: access_key_id,
    secretAccessKey: secret_access_key,
    service: 's3',
    region,
  })
  const ask = async (method: 'PUT' | 'GET' | 'DELETE', key: string, body?: Uint8Array, headers = {}) => {
    const at = `${url.replace(/\/+$/, '')}/${key}`
    const bytes = body as Uint8Array<ArrayBuffer> | undefined
    try {
      const signed = await client.sign(at, { method, headers, ...(bytes && { body: bytes }) })
      return await fetch(signed.url, {
        method,
        headers: signed.headers,
        redirect: 'manual',
        signal: AbortSignal.timeout(longestWait),
        ...(bytes && { body: bytes }),
      })
    } catch (error) {
      const { cause, message } = error as Error & { cause?: { code?: string } }
      throw new FileStoreFailed(`${method} ${new URL(at).host}: ${cause?.code ?? message}`)
    }
  }
  const refused = async (method: string, response: Response) => {
    const [, code] =
      /<Code>([A-Za-z0-9]{1,60})<\/Code>/.exec((await response.text().catch(() => '')).slice(0, 4000)) ?? []
    return new FileStoreFailed(`${method} ${new URL(url).host}: ${response.status} ${code ?? ''}`.trim())
  }
  return {
    async put(key, content, { content_type, hash }) {
      // The hash is signed: what arrives otherwise is refused there.
      const response = await ask('PUT', key, content, {
        'content-type': content_type,
        'x-amz-content-sha256': hash,
      })
      if (!response.ok) throw await refused('PUT', response)
      await response.body?.cancel()
    },
    async get(key, most) {
      const response = await ask('GET', key)
      if (!response.ok) throw await refused('GET', response)
      return wholeOf(response, most)
    },
    async remove(key) {
      const response = await ask('DELETE', key)
      if (!response.ok && response.status !== 404) throw await refused('DELETE', response)
      await response.body?.cancel()
    },
  }
}

async function wholeOf(response: Response, most: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  let length = 0
  try {
    for await (const part of response.body ?? []) {
      length += part.length
      if (length > most) throw new FileStoreFailed(`GET: more than ${most} bytes`)
      parts.push(part)
    }
  } catch (error) {
    if (error instanceof FileStoreFailed) throw error
    throw new FileStoreFailed(`GET: cut off, ${(error as Error).message}`)
  }
  const whole = new Uint8Array(length)
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

/** SHA-256 as hexadecimal digits. */
export async function hashOf(content: Uint8Array): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', content as Uint8Array<ArrayBuffer>)
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
