/** Records by hand, for tests that need no database: an invoice whose every line is of another sort, and a credit note. */
import type { DocumentRecord, Party, RecordLine, ServiceRecordLine } from '../../src/invoicing/record.ts'

export const seller: Party = {
  name: 'Daugavpils valstspilsētas pašvaldība',
  registration_number: '90000077325',
  vat_number: 'LV90000077325',
  address: 'Krišjāņa Valdemāra iela 1',
  locality: 'Daugavpils',
  postal_code: 'LV-5401',
  country: 'LV',
  iban: 'LV97HABA0012345678910',
  bank_name: 'Valsts kase',
  email: 'rekini@daugavpils.example',
  phone: '+371 65400000',
  einvoice_scheme: '9939',
  einvoice_id: 'LV90000077325',
}

export const buyer: Party = {
  name: 'SIA „Aprūpe & Co” <Rēzekne>',
  registration_number: '90000025465',
  vat_number: null,
  address: 'Atbrīvošanas aleja 93',
  locality: 'Rēzekne',
  postal_code: 'LV-4601',
  country: 'LV',
  iban: null,
  bank_name: null,
  email: null,
  phone: null,
  einvoice_scheme: null,
  einvoice_id: null,
}

const subject = {
  placement_id: '019b0000-0000-7000-8000-000000000001',
  case_token: 'R-7F3K',
  offer_id: '019b0000-0000-7000-8000-000000000002',
  offer_title: 'Grupu dzīvoklis „Šūpoles” Šķūņu ielā',
  kind_code: 'grupu-dzivoklis',
  kind_name_lv: 'Grupu māja (dzīvoklis)',
  kind_name_en: 'Group home (apartment)',
  provider_name: 'Biedrība „Durvis & logi”',
  unit: 'calendar_day',
  service_month: '2026-02' as const,
  vat_category: 'E' as const,
  vat_rate: '0',
}
const price = {
  id: '019b0000-0000-7000-8000-000000000003',
  valid_from: '2026-01-01' as const,
  valid_to: null,
  price_class: null,
  decision: 'Domes lēmums Nr. 131',
}
const service = { ...subject, kind: 'standard' as const, percent: '100', tier_step: null, price, explanation: null }

/** A line of its own sort; its figures come to each other. */
export function serviceLine(
  line_no: number,
  facts: Pick<ServiceRecordLine, 'quantity' | 'unit_price' | 'gross' | 'buyer_amount'> & Partial<ServiceRecordLine>,
): ServiceRecordLine {
  return { ...service, line_no, base_quantity: '1', shares: [], ...facts }
}

const exempt = {
  code: 'VATEX-EU-132-1G',
  reason: 'Pievienotās vērtības nodokļa likuma 52. panta pirmās daļas 9. punkts (sociālie pakalpojumi)',
}
const lines: RecordLine[] = [
  serviceLine(1, {
    quantity: '13',
    unit_price: '29.9117',
    gross: '388.85',
    shares: [
      { source: 'client', collected_by: 'seller', amount: '26.00' },
      { source: 'relatives', collected_by: 'seller', amount: '0.00' },
      { source: 'ESF', collected_by: 'buyer', amount: '330.52' },
    ],
    buyer_amount: '362.85',
  }),
  serviceLine(2, {
    kind: 'absence',
    quantity: '6',
    unit_price: '29.9117',
    percent: '50',
    gross: '89.74',
    buyer_amount: '89.74',
  }),
  serviceLine(3, {
    case_token: null,
    unit: 'month',
    quantity: '20',
    base_quantity: '28',
    unit_price: '1404.44',
    gross: '1003.17',
    buyer_amount: '1003.17',
    offer_title: 'Vieta dienas centrā, <2. stāvs>',
  }),
  serviceLine(4, {
    unit: 'hour',
    tier_step: 2,
    quantity: '5.5',
    unit_price: '10.005',
    gross: '55.03',
    shares: [{ source: 'client', collected_by: 'seller', amount: '55.03' }],
    buyer_amount: '0.00',
    provider_name: null,
    price: null,
  }),
  serviceLine(5, {
    unit: 'meal',
    offer_title: 'Ēdināšana',
    kind_name_lv: 'Ēdināšana',
    quantity: '22',
    unit_price: '3.85',
    gross: '84.70',
    buyer_amount: '84.70',
    vat_category: 'S',
    vat_rate: '21',
  }),
  {
    ...subject,
    line_no: 6,
    kind: 'adjustment',
    service_month: '2026-01',
    billed: '286.02',
    rated: '291.02',
    buyer_amount: '5.00',
    explanation: { month: null, withheld: [], billed_on: [], rated_lines: [] },
  },
]

export const invoice: DocumentRecord = {
  version: 1,
  type: 'invoice',
  number: 'DGV-2026-00012',
  issued_on: '2026-03-05',
  due_on: '2026-03-25',
  close_month: '2026-02',
  language: 'lv',
  currency: 'EUR',
  seller,
  buyer,
  corrects: null,
  payment_reference: 'DGV-2026-00012',
  lines,
  vat_rates: [
    { category: 'E', rate: '0', net: '1460.76', vat: '0.00', exemption: exempt },
    { category: 'S', rate: '21', net: '84.70', vat: '17.79', exemption: null },
  ],
  net: '1545.46',
  vat: '17.79',
  total: '1563.25',
}

export const creditNote: DocumentRecord = {
  ...invoice,
  type: 'credit_note',
  number: 'DGV-2026-00020',
  issued_on: '2026-04-07',
  due_on: '2026-04-27',
  close_month: '2026-03',
  corrects: { number: 'DGV-2026-00012', issued_on: '2026-03-05' },
  payment_reference: 'DGV-2026-00020',
  lines: [
    {
      ...subject,
      line_no: 1,
      kind: 'adjustment',
      service_month: '2026-01',
      billed: '291.02',
      rated: '280.02',
      buyer_amount: '11.00',
      explanation: { month: null, withheld: [], billed_on: [], rated_lines: [] },
    },
    {
      ...subject,
      line_no: 2,
      kind: 'adjustment',
      billed: '452.59',
      rated: '0.00',
      buyer_amount: '452.59',
      explanation: { month: null, withheld: [], billed_on: [], rated_lines: [] },
    },
  ],
  vat_rates: [{ category: 'E', rate: '0', net: '463.59', vat: '0.00', exemption: exempt }],
  net: '463.59',
  vat: '0.00',
  total: '463.59',
}
