"""What all routes share: requests, access, forms, errors, paging, charts."""
