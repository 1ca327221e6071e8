import { strToU8, zipSync } from 'fflate'
import { describe, expect, test } from 'vitest'
import { checkFile, largestFile } from '../../src/messages/file.ts'
import { Refusal } from '../../src/refusal.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const zip = (names: string[]) => zipSync(Object.fromEntries(names.map((name) => [name, strToU8('x')])))
const word = ['[Content_Types].xml', 'word/document.xml']

function check(name: string, content: Uint8Array): string {
  try {
    return checkFile({ name, content }).content_type
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return error.fields[0]!.message
  }
}

describe('what a file is, is told from its bytes', () => {
  test.each([
    ['rekins.pdf', bytes('%PDF-1.7\n'), 'application/pdf'],
    ['lapa.PNG', new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0]), 'image/png'],
    ['foto.jpeg', new Uint8Array([0xff, 0xd8, 0xff, 0xe0]), 'image/jpeg'],
    ['foto.webp', bytes('RIFF1234WEBPVP8 '), 'image/webp'],
    ['dienas.csv', bytes('datums;dienas\n2026-03-01;1\n'), 'text/csv'],
    ['piezīme.txt', bytes('Klients bija mājās, 1 < 2.'), 'text/plain'],
    ['vēstule.docx', zip(word), 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
    [
      'lapa.xlsx',
      zip(['[Content_Types].xml', 'xl/workbook.xml']),
      'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    ],
    ['līgums.edoc', zip(['mimetype', 'līgums.pdf', 'META-INF/signatures.xml']), 'application/vnd.etsi.asic-e+zip'],
  ])('%s', (name, content, type) => {
    expect(check(name, content)).toBe(type)
  })
})

describe('nothing that runs or shows itself as a page is taken, whatever it is called', () => {
  test.each([
    ['page.html', bytes('<!doctype html><script>alert(1)</script>')],
    ['page.txt', bytes('<html><body>')],
    ['note.txt', bytes('text <script src=x></script>')],
    ['picture.svg', bytes('<svg xmlns="http://www.w3.org/2000/svg"/>')],
    ['picture.png', bytes('<svg xmlns="http://www.w3.org/2000/svg"/>')],
    ['program.exe', new Uint8Array([0x4d, 0x5a, 0x90, 0, 3])],
    ['program.pdf', new Uint8Array([0x4d, 0x5a, 0x90, 0, 3])],
    ['script.txt', bytes('#!/bin/sh\nrm -rf /')],
    ['lapa.pdf.exe', bytes('%PDF-1.7')],
    ['lapa.html', bytes('%PDF-1.7')],
    ['lapa', bytes('%PDF-1.7')],
    ['archive.zip', zip(['a.txt'])],
    ['macros.docx', zip([...word, 'word/vbaProject.bin'])],
    ['inside.edoc', zip(['META-INF/signatures.xml', 'virus.exe'])],
    ['broken.docx', new Uint8Array([0x50, 0x4b, 0x03, 0x04, 1, 2, 3])],
    ['binary.txt', new Uint8Array([0, 1, 2, 3])],
    ['latin.txt', new Uint8Array([0xe4, 0xf6, 0xfc])],
  ])('%s', (name, content) => {
    expect(check(name, content)).toBe('validation.file_type')
  })
})

test('empty, too large and nameless files are refused', () => {
  expect(check('a.pdf', new Uint8Array())).toBe('validation.file_empty')
  const large = new Uint8Array(largestFile + 1)
  large.set(bytes('%PDF-1.7'))
  expect(check('a.pdf', large)).toBe('validation.file_too_large')
  expect(check('..', bytes('%PDF-1.7'))).toBe('validation.required')
})

test('a name keeps nothing that could mislead a reader, a path or a header', () => {
  const name = (given: string) => checkFile({ name: given, content: bytes('%PDF-1.7') }).name
  expect(name('C:\\Users\\a\\rēķins.pdf')).toBe('rēķins.pdf')
  expect(name('../../etc/x.pdf')).toBe('x.pdf')
  expect(name('a"\r\nset-cookie: x=1.pdf')).toBe('aset-cookie x=1.pdf')
  expect(name('invoice\u202efdp.exe.pdf')).toBe('invoicefdp.exe.pdf')
})
