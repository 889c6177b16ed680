"""Django finds its template filters here."""
