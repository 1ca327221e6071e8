-- What is withheld of a placement is looked up by it, and every foreign key begins an index.
create index withheld_placement on withheld (seller_id, placement_id);
