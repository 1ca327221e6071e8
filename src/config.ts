/** The environment, read once into a typed value. */
export interface Config {
  /** where to serve (`PORT`, default 3000) */
  port: number
  /** `DATABASE_URL`; absent: the embedded database */
  database_url: string | null
  /** `VIETA_DATA`: the embedded database's folder */
  data: string
  /** `VIETA_SECRET`: keys the hashes of sessions and tokens */
  secret: string
  /** `NODE_ENV=production`: no demonstration people, secure cookies */
  production: boolean
}

const demoSecret = 'the demonstration has no secret'

/** @throws Error with a sentence for the person at the terminal, where a setting is missing or makes no sense */
export function readConfig(env: Record<string, string | undefined>): Config {
  const production = env.NODE_ENV === 'production'
  const port = Number(env.PORT ?? '3000')
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    throw new Error(`PORT is ${env.PORT}; give a whole number from 0 to 65535.`)
  }
  if (production && (env.VIETA_SECRET ?? '').length < 32) {
    throw new Error('NODE_ENV is production and VIETA_SECRET is not set: give a secret of at least 32 characters.')
  }
  return {
    port,
    database_url: env.DATABASE_URL || null,
    data: env.VIETA_DATA || './.vieta',
    secret: env.VIETA_SECRET || demoSecret,
    production,
  }
}
