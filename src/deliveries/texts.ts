import { defineTexts } from '../ui/define-texts.ts'

/** What was given and who was away: sheets, absences, files. */
export const deliveryTexts = defineTexts(
  {
    'validation.too_many_items': 'Vienā reizē ne vairāk kā {maximum} ierakstu',
    'deliveries.changed_meanwhile': 'Šo dienu kāds cits tikmēr ir mainījis. Atveriet tabeli no jauna.',
    'deliveries.csv.too_many_cells':
      'Rindā ir vairāk šūnu nekā virsrakstu. Ja šūnas atdala komats, daudzumu ar komatu liek pēdiņās: "2,5"',
    'deliveries.csv.whose': 'Norādiet uzņemšanu vai klienta kodu un pakalpojumu',
    'deliveries.csv.kind': 'Rakstiet „sniegts” vai „neierašanās”',
  },
  {
    'validation.too_many_items': 'At most {maximum} records at once',
    'deliveries.changed_meanwhile': 'Somebody else changed this day meanwhile. Open the sheet again.',
    'deliveries.csv.too_many_cells':
      'The line has more cells than there are headers. Where commas divide the cells, a quantity with a comma stands in quotation marks: "2,5"',
    'deliveries.csv.whose': 'Give the placement, or the client’s token and the offer',
    'deliveries.csv.kind': 'Write “delivered” or “no_show”',
  },
)
