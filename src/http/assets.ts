/** The files that pages ask for, kept by browsers for ever because their address changes with their content. */
import { assets, setAssetVersion } from '../ui/assets.ts'
import type { App } from './app.ts'
import { requires } from './app.ts'

/** The bytes of a listed source file. @param source path relative to the project root */
export type LoadAsset = (source: string) => Promise<Uint8Array>

export function assetRoutes(app: App, load: LoadAsset): void {
  const kept = new Map<string, Promise<Uint8Array>>()
  app.get('/assets/:name', requires('public'), async (c) => {
    const listed = assets.find((asset) => asset.name === c.req.param('name'))
    if (listed === undefined) return c.notFound()
    const bytes = kept.get(listed.name) ?? load(listed.source)
    kept.set(listed.name, bytes)
    const long = c.req.query('v') !== undefined
    return c.body((await bytes) as Uint8Array<ArrayBuffer>, 200, {
      'content-type': listed.content_type,
      'cache-control': long ? 'public, max-age=31536000, immutable' : 'public, max-age=3600',
    })
  })
}

/** Hashes what is served, once at start, so that addresses change when content does. */
export async function versionAssets(load: LoadAsset): Promise<void> {
  const parts = await Promise.all(assets.map((asset) => load(asset.source).catch(() => new Uint8Array())))
  const all = new Uint8Array(await new Blob(parts as Uint8Array<ArrayBuffer>[]).arrayBuffer())
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', all))
  setAssetVersion(Array.from(hash.slice(0, 6), (byte) => byte.toString(16).padStart(2, '0')).join(''))
}
