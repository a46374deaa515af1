"""Who acts and for whom: users, organizations, the roles that join them, and sessions as rows."""
