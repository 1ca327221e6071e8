import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { lockDirectory } from '../../src/db/lock.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vieta-lock-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const lock = () => join(folder, 'vieta.lock')

test('a directory is locked once, and again after it was given back', () => {
  const unlock = lockDirectory(folder)
  expect(() => lockDirectory(folder)).toThrow(/in use by another Vieta \(process \d+\)/)
  unlock()
  expect(readdirSync(folder)).toEqual([])
  lockDirectory(folder)()
})

test('the lock of a process that is no more is taken over', () => {
  writeFileSync(lock(), JSON.stringify({ pid: 2 ** 22 - 1, started: null }))
  lockDirectory(folder)()
})

test('a process id that now belongs to another process does not hold the directory', () => {
  writeFileSync(lock(), JSON.stringify({ pid: process.ppid, started: 'at another time' }))
  lockDirectory(folder)()
})

test('a lock that cannot be read holds nothing', () => {
  writeFileSync(lock(), 'not a lock')
  lockDirectory(folder)()
})

test('a process that is just ending is waited for, and one that goes on is not', () => {
  const ending = spawn('sleep', ['0.5'], { stdio: 'ignore' })
  writeFileSync(lock(), JSON.stringify({ pid: ending.pid, started: null }))
  lockDirectory(folder)()
  const staying = spawn('sleep', ['60'], { stdio: 'ignore' })
  try {
    writeFileSync(lock(), JSON.stringify({ pid: staying.pid, started: null }))
    expect(() => lockDirectory(folder, 200)).toThrow(`(process ${staying.pid})`)
  } finally {
    staying.kill('SIGKILL')
  }
})
