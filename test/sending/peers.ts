/** The other ends, for real: a mail server and a web server on this machine, which answer as the test tells them. */
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type ParsedMail, simpleParser } from 'mailparser'
import { SMTPServer } from 'smtp-server'
import { onTestFinished } from 'vitest'

export interface Mailbox {
  url: string
  mails: ParsedMail[]
  /** what the server says to the next recipients and messages instead of taking them */
  refuse: { recipient?: [number, string]; message?: [number, string]; silence?: boolean }
  stop(): Promise<void>
}

export async function startMailServer(): Promise<Mailbox> {
  const mailbox: Omit<Mailbox, 'url' | 'stop'> = { mails: [], refuse: {} }
  const no = ([code, text]: [number, string]) => Object.assign(new Error(text), { responseCode: code })
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    logger: false,
    onRcptTo: (_address, _session, callback) => {
      const { recipient } = mailbox.refuse
      callback(recipient === undefined ? null : no(recipient))
    },
    onData: (stream, _session, callback) => {
      simpleParser(stream)
        .then((mail) => {
          if (mailbox.refuse.silence) return
          const { message } = mailbox.refuse
          if (message !== undefined) return callback(no(message))
          mailbox.mails.push(mail)
          callback(null)
        })
        .catch(callback)
    },
  })
  server.on('error', () => {})
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.server.address() as AddressInfo
  return Object.assign(mailbox, {
    url: `smtp://127.0.0.1:${port}`,
    stop: () => new Promise<void>((resolve) => server.close(() => resolve())),
  })
}

export interface Request {
  method: string
  path: string
  headers: IncomingHttpHeaders
  body: Buffer
}
export interface WebServer {
  url: string
  requests: Request[]
  /** the answer to the next requests; null: none at all */
  answer: { status: number; body?: string; headers?: Record<string, string> } | null
  stop(): Promise<void>
}

export async function startWebServer(): Promise<WebServer> {
  const web: Omit<WebServer, 'url' | 'stop'> = { requests: [], answer: { status: 200 } }
  const server = createServer((request, response) => {
    const pieces: Buffer[] = []
    request.on('data', (piece: Buffer) => pieces.push(piece))
    request.on('end', () => {
      const { method = '', url: path = '', headers } = request
      web.requests.push({ method, path, headers, body: Buffer.concat(pieces) })
      if (web.answer === null) return
      response.writeHead(web.answer.status, web.answer.headers)
      response.end(web.answer.body ?? '')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return Object.assign(web, {
    url: `http://127.0.0.1:${port}`,
    stop: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  })
}

/** Ends with the test. */
export async function forThisTest<T extends { stop(): Promise<void> }>(starting: Promise<T>): Promise<T> {
  const started = await starting
  onTestFinished(() => started.stop())
  return started
}
