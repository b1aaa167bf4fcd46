"""Reference tables of the EU's carbon border adjustment mechanism, by validity date. No LCA factor is among them."""
